using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenRouter;

/// <summary>Makes the collector of a response.</summary>
internal static class OpenRouterCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, string? contentType) => new PassThroughCollector();
}
