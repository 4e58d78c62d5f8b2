using Yarp.ReverseProxy.Transforms;

namespace LLMeterProxy.Gateway.Forward.Transforms;

/// <summary>The upstream URL is rebuilt from the route table: nothing of the client's raw target is in it (A74, T31).</summary>
internal sealed class UpstreamUrl : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var call = GatewayFeature.Of(context.HttpContext);
        context.ProxyRequest.RequestUri = call.Provider!.Target(call.Match);
        context.ProxyRequest.Options.Set(AttemptHandler.ContextKey, call);
        return ValueTask.CompletedTask;
    }
}
