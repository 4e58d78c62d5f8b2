using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Scanning;
using LLMeterProxy.Gateway.Meter;
using LLMeterProxy.Gateway.Settle;
using Yarp.ReverseProxy.Transforms;

namespace LLMeterProxy.Gateway.Forward.Transforms;

/// <summary>
/// Puts the meter between the upstream's body and YARP's copy: YARP asks the response's content for its stream afterwards,
/// so a content that hands out a metering stream needs no buffer and no fork.
/// </summary>
internal sealed class MeterBody(SettleStage settle, Drain drain, TimeProvider time) : ResponseTransform
{
    public override ValueTask ApplyAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is not { IsSuccessStatusCode: true } response)
        {
            return ValueTask.CompletedTask;
        }

        var call = GatewayFeature.Of(context.HttpContext);
        if (!call.IsMetered)
        {
            return ValueTask.CompletedTask;
        }

        var content = response.Content;
        var type = content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : null;
        var attempt = call.Attempt!;
        attempt.IsEventStream = type is not null && type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
        attempt.IsLineStream = JsonLines.IsMediaType(type);
        attempt.Collector = call.Provider!.Dialect.CreateCollector(call.Match, call.Facts, new ResponseHead(type, new UpstreamHeaders(response.Headers)));
        if (call.Facts.UsageSplice is not null && attempt.IsEventStream)
        {
            // A chunk may be taken out, so the provider's own length would be wrong.
            context.HttpContext.Response.Headers.ContentLength = null;
        }

        response.Content = new MeteredContent(content, call, settle, drain, time);
        return ValueTask.CompletedTask;
    }
}
