using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Makes the collector of a response.</summary>
internal static class OpenAiCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, string? contentType) => new PassThroughCollector();
}
