using LLMeterProxy.Core.Wire;
using Yarp.ReverseProxy.Transforms;

namespace LLMeterProxy.Gateway.Forward.Transforms;

/// <summary>Copies the client's headers that are on the allow-list, and asks for an unencoded answer where it is metered (A41).</summary>
internal sealed class RequestHeaders : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var call = GatewayFeature.Of(context.HttpContext);
        var target = context.ProxyRequest.Headers;
        var allowed = call.Provider!.RequestHeaders;
        foreach (var (name, values) in context.HttpContext.Request.Headers)
        {
            if (!allowed.Allows(name))
            {
                continue;
            }

            if (values.Count == 1)
            {
                target.TryAddWithoutValidation(name, values[0]);
            }
            else
            {
                target.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (call.Match.Route.Treatment == RouteTreatment.Metered)
        {
            target.TryAddWithoutValidation("Accept-Encoding", "identity");
        }

        return ValueTask.CompletedTask;
    }
}
