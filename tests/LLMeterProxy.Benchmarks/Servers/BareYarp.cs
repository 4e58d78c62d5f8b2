using System.Net;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace LLMeterProxy.Benchmarks.Servers;

/// <summary>
/// What everything is compared with: YARP's direct forwarder as its own benchmark application has it (headers copied, no
/// X-Forwarded-*, no logging), and the one thing that any such proxy must do: put its own credential in the caller's place.
/// </summary>
internal static class BareYarp
{
    public static async Task<int> RunAsync(int port, Uri upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(port);
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var transformer = app.Services.GetRequiredService<ITransformBuilder>().Create(context =>
        {
            context.UseDefaultForwarders = false;
            context.AddRequestHeader(HeaderNames.Authorization, "Bearer sk-upstream", append: false);
        });
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(15),
        });
        var prefix = upstream.AbsoluteUri.TrimEnd('/');
        app.Run(async http => await forwarder.SendAsync(http, prefix, client, ForwarderRequestConfig.Empty, transformer));
        await app.RunAsync();
        return 0;
    }
}
