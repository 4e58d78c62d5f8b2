using System.Net;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Route;
using LLMeterProxy.Gateway.Settle;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Gateway.Forward;

/// <summary>Makes the one <see cref="HttpMessageInvoker"/> of a provider: attempts over a connection pool.</summary>
public sealed class UpstreamClients(
    AttemptOpener attempts,
    SettleStage settle,
    TimeProvider time,
    ILoggerFactory logs)
{
    public HttpMessageInvoker Create(ProviderSettings settings)
    {
        var sockets = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
            ConnectTimeout = settings.ConnectTimeout,

            // The default never looks at DNS again while a connection is busy.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            Expect100ContinueTimeout = TimeSpan.Zero,
        };
        var handler = new AttemptHandler(settings, attempts, settle, time, logs.CreateLogger<AttemptHandler>()) { InnerHandler = sockets };
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }
}
