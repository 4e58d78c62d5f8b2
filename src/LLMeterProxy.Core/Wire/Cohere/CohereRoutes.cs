using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Cohere;

/// <summary>Cohere's API in both its versions, and its OpenAI form. Source: its public API reference.</summary>
internal static class CohereRoutes
{
    public static readonly RouteTable Table = new(
        [
            .. new RouteList("/v2")
                .Metered("/chat", Operations.Chat)
                .Metered("/embed", Operations.Embeddings)
                .Metered("/rerank", Operations.Rerank)
                .Deferred("/batches", "/batches/{rest}")
                .RefusedAreas("/audio")
                .Routes,
            .. new RouteList("/v1")
                .Metered("/chat", Operations.Chat)
                .Metered("/embed", Operations.Embeddings)
                .Metered("/rerank", Operations.Rerank)
                .Metered("/classify", Operations.Classify)
                .Free("POST", "/tokenize", Operations.CountTokens)
                .Free("POST", "/detokenize", Operations.CountTokens)
                .Free("GET", "/models", Operations.Models, "page_size", "page_token", "endpoint", "default_only")
                .Free("GET", "/models/{model}", Operations.Models)
                .Deferred("/embed-jobs", "/embed-jobs/{rest}")
                .Refused("/generate", "/summarize", "/check-api-key", "/feedback")
                .RefusedAreas("/connectors", "/datasets", "/finetuning")
                .Routes,
            .. new RouteList("/compatibility/v1")
                .Metered("/chat/completions", Operations.Chat)
                .Metered("/embeddings", Operations.Embeddings)
                .Free("GET", "/models", Operations.Models)
                .Refused("/audio/{id}")
                .Routes,
        ],
        PathCharacters.Strict);
}
