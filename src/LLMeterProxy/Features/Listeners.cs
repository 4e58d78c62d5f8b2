using System.Net;
using LLMeterProxy.Options;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LLMeterProxy.Features;

/// <summary>The two listeners and their limits.</summary>
internal static class Listeners
{
    public static void Configure(KestrelServerOptions kestrel, HostSettings settings, TimeProvider time)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxConcurrentConnections = 20_000;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.Http2.MaxStreamsPerConnection = 250;

        // Kestrel counts the framing of chunks as body: with less room than this, a body that the stage accepts could be refused
        // here, and one that it does not accept would get Kestrel's 413 rather than the one in the caller's dialect.
        kestrel.Limits.MaxRequestBodySize = (settings.Gateway.MaxBodyBytes * 2) + (64 * 1024);

        // A slow reader of a long stream is not an attack: back-pressure holds the upstream, and a dead one ends by TCP.
        kestrel.Limits.MinResponseDataRate = null;

        Listen(kestrel, settings.Listen.Gateway, ListenerRole.Gateway, options =>
        {
            if (settings.Listen.Gateway.Scheme == Uri.UriSchemeHttps)
            {
                var certificate = new ReloadedCertificate(settings.Listen.CertificateFile!, settings.Listen.KeyFile, time);
                options.Protocols = HttpProtocols.Http1AndHttp2;
                options.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate.Current);
            }
            else
            {
                options.Protocols = HttpProtocols.Http1;
            }
        });
        Listen(kestrel, settings.Listen.Control, ListenerRole.Control, options => options.Protocols = HttpProtocols.Http1);
        if (settings.Listen.GatewayH2c is { } h2c)
        {
            Listen(kestrel, h2c, ListenerRole.Gateway, options => options.Protocols = HttpProtocols.Http2);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, Uri address, ListenerRole role, Action<ListenOptions> configure)
    {
        if (address.IsLoopback && address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && address.Port != 0)
        {
            kestrel.ListenLocalhost(address.Port, Configure);
        }
        else
        {
            kestrel.Listen(IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) ? ip : IPAddress.Loopback, address.Port, Configure);
        }

        void Configure(ListenOptions options)
        {
            configure(options);
            options.Use(next => connection =>
            {
                connection.Features.Set(role);
                return next(connection);
            });
        }
    }
}
