using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>Makes the collector of a response.</summary>
internal static class GeminiCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, string? contentType) => new PassThroughCollector();
}
