using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.OpenRouter;

/// <summary>
/// OpenRouter's API. Keys, credits and activity are facts of the account that all tenants share, and are refused.
/// Source: its public API reference.
/// </summary>
internal static class OpenRouterRoutes
{
    public static readonly RouteTable Table = new(
        new RouteList("/api/v1")
            .Metered("/chat/completions", Operations.Chat)
            .Metered("/completions", Operations.Completions)
            .Metered("/responses", Operations.Responses)
            .Metered("/messages", Operations.Messages, "beta")
            .Metered("/embeddings", Operations.Embeddings)
            .Metered("/rerank", Operations.Rerank)
            .Metered("/audio/transcriptions", Operations.Transcription, RequestForm.Json | RequestForm.Multipart)
            .Metered("/audio/speech", Operations.Speech)
            .Free("GET", "/models", Operations.Models, "category", "supported_parameters")
            .Free("GET", "/models/count", Operations.Models)
            .Free("GET", "/models/{author}/{slug}/endpoints", Operations.Models)
            .Free("GET", "/embeddings/models", Operations.Models)
            .Free("GET", "/generation", Operations.Generation, "id")
            .Refused("/models/user", "/messages/count_tokens")
            .Deferred("/responses/{id}")
            .DeferredAreas("/files", "/videos")
            .RefusedAreas("/activity", "/auth", "/credits", "/endpoints", "/guardrails", "/images", "/key", "/keys", "/organization", "/presets", "/providers")
            .Routes,
        PathCharacters.ModelId,
        ("/v1/chat/completions", "/api/v1/chat/completions"),
        ("/v1/completions", "/api/v1/completions"),
        ("/v1/responses", "/api/v1/responses"),
        ("/v1/messages", "/api/v1/messages"),
        ("/v1/embeddings", "/api/v1/embeddings"),
        ("/v1/rerank", "/api/v1/rerank"),
        ("/v1/models", "/api/v1/models"));
}
