using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>OpenAI's API. Source: the public OpenAPI description; moderations and token counting are documented as free.</summary>
internal static class OpenAiRoutes
{
    public static readonly RouteTable Table = new(
        new RouteList("/v1")
            .Metered("/chat/completions", Operations.Chat)
            .Metered("/completions", Operations.Completions)
            .Metered("/responses", Operations.Responses)
            .Metered("/embeddings", Operations.Embeddings)
            .Free("GET", "/models", Operations.Models)
            .Free("GET", "/models/{model}", Operations.Models)
            .Free("POST", "/responses/input_tokens", Operations.CountTokens)
            .Free("POST", "/moderations", Operations.Moderations)
            .Refused("/responses/compact", "/responses/{id}", "/responses/{id}/cancel", "/responses/{id}/input_items")
            .Refused("/chat/completions/{id}", "/chat/completions/{id}/messages")
            .RefusedAreas(
                "/assistants", "/audio", "/batches", "/certificates", "/chatkit", "/containers", "/conversations", "/edits", "/engines",
                "/evals", "/files", "/fine_tuning", "/fine-tunes", "/images", "/organization", "/projects", "/realtime", "/skills",
                "/threads", "/uploads", "/vector_stores", "/videos")
            .Routes,
        PathCharacters.ModelId);
}
