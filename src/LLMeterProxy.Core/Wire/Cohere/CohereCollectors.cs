using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Cohere;

/// <summary>Usage collectors of Cohere's own formats.</summary>
internal static class CohereCollectors
{
    internal static IUsageCollector Create(RequestFacts facts, ResponseHead head) => new ResponseCollector(new CohereReader(), facts, head.ContentType);
}
