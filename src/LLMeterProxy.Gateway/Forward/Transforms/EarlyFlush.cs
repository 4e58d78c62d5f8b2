using Yarp.ReverseProxy.Transforms;

namespace LLMeterProxy.Gateway.Forward.Transforms;

/// <summary>
/// Sends the headers of an event stream at once. YARP holds headers back until the first body byte, which on a reasoning
/// model can be minutes; a JSON answer stays replaceable and is left alone.
/// </summary>
internal sealed class EarlyFlush : ResponseTransform
{
    public override async ValueTask ApplyAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is not { IsSuccessStatusCode: true } response
            || GatewayFeature.Of(context.HttpContext).Attempt is not { IsEventStream: true }
            || response.Content.Headers.ContentLength == 0)
        {
            return;
        }

        var headers = context.HttpContext.Response.Headers;
        headers.CacheControl = "no-cache";
        headers["X-Accel-Buffering"] = "no";
        await context.HttpContext.Response.StartAsync(context.CancellationToken);
        await context.HttpContext.Response.Body.FlushAsync(context.CancellationToken);
    }
}
