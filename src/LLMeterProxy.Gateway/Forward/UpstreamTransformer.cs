using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Gateway.Forward.Transforms;
using LLMeterProxy.Gateway.Settle;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms.Builder;

namespace LLMeterProxy.Gateway.Forward;

/// <summary>
/// The transforms of every call, in their order. Nothing is copied by default: no client header, no X-Forwarded-*, no
/// trailer passes unless a transform here says so.
/// </summary>
public sealed class UpstreamTransformer(
    ITransformBuilder transforms,
    SettleStage settle,
    IBudgetStore budgets,
    GatewaySettings settings,
    Drain drain,
    TimeProvider time,
    ILogger<UpstreamRefusal> refusalLog)
{
    internal HttpTransformer Instance { get; } = transforms.Create(builder =>
    {
        builder.CopyRequestHeaders = false;
        builder.CopyResponseHeaders = false;
        builder.CopyResponseTrailers = false;
        builder.UseDefaultForwarders = false;
        builder.RequestTransforms.Add(new UpstreamUrl());
        builder.RequestTransforms.Add(new RequestHeaders());
        builder.RequestTransforms.Add(new Credentials());
        builder.ResponseTransforms.Add(new UpstreamRefusal(settle, refusalLog));
        builder.ResponseTransforms.Add(new ResponseHeaders(settings, budgets));
        builder.ResponseTransforms.Add(new MeterBody(settle, drain, time));
        builder.ResponseTransforms.Add(new EarlyFlush());
    });
}
