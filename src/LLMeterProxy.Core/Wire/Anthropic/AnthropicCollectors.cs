using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Makes the collector of a response.</summary>
internal static class AnthropicCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, string? contentType) => new PassThroughCollector();
}
