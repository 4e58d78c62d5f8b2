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
            .Free("GET", "/models", Operations.Models, "category", "supported_parameters")
            .Free("GET", "/models/count", Operations.Models)
            .Free("GET", "/models/{author}/{slug}/endpoints", Operations.Models)
            .Free("GET", "/embeddings/models", Operations.Models)
            .Free("GET", "/generation", Operations.Generation, "id")
            .Refused("/models/user", "/rerank", "/responses/{id}", "/messages/count_tokens")
            .RefusedAreas("/activity", "/audio", "/auth", "/credits", "/endpoints", "/files", "/guardrails", "/images", "/key", "/keys", "/organization", "/presets", "/providers", "/videos")
            .Routes,
        PathCharacters.ModelId);
}
