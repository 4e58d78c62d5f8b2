using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>Usage collectors of Gemini's <c>generateContent</c> and <c>streamGenerateContent</c>, as events or as one JSON array.</summary>
internal static class GeminiCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        new ResponseCollector(new GenerateContentReader(), facts, head.ContentType);
}
