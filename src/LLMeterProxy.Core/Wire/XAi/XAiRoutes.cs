using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.XAi;

/// <summary>xAI's API. Speech and its recognition are billed by what no answer states, and are refused. Source: its public API reference.</summary>
internal static class XAiRoutes
{
    public static readonly RouteTable Table = new(
        new RouteList("/v1")
            .Metered("/chat/completions", Operations.Chat)
            .Metered("/completions", Operations.Completions)
            .Metered("/responses", Operations.Responses)
            .Metered("/messages", Operations.Messages)
            .Metered("/embeddings", Operations.Embeddings)
            .Metered("/images/generations", Operations.Images)
            .Metered("/images/edits", Operations.Images)
            .Free("GET", "/models", Operations.Models)
            .Free("GET", "/models/{model}", Operations.Models)
            .Free("GET", "/language-models", Operations.Models)
            .Free("GET", "/language-models/{model}", Operations.Models)
            .Free("GET", "/embedding-models", Operations.Models)
            .Free("GET", "/embedding-models/{model}", Operations.Models)
            .Free("GET", "/image-generation-models", Operations.Models)
            .Free("GET", "/image-generation-models/{model}", Operations.Models)
            .Free("POST", "/tokenize-text", Operations.CountTokens)
            .Deferred("/responses/{id}", "/chat/deferred-completion/{id}")
            .DeferredAreas("/batches", "/files", "/realtime", "/videos")
            .Refused("/api-key", "/complete", "/documents/search")
            .RefusedAreas("/collections", "/stt", "/tts")
            .Routes,
        PathCharacters.ModelId);
}
