using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Forward;

/// <summary>Carries the context of a call to the transforms, which YARP gives only the <see cref="HttpContext"/>.</summary>
internal sealed class GatewayFeature(GatewayContext context)
{
    public GatewayContext Context { get; } = context;

    public static GatewayContext Of(HttpContext http) =>
        http.Features.Get<GatewayFeature>()?.Context
        ?? throw new InvalidOperationException("A request without a gateway context must never be forwarded.");
}
