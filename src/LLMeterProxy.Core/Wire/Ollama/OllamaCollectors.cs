using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Ollama;

/// <summary>Usage collectors of Ollama's own format.</summary>
internal static class OllamaCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        new ResponseCollector(new OllamaReader(generates: match.Route.Operation != Operations.Embeddings), facts, head.ContentType);
}
