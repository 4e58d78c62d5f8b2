using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.OpenAiCompatible;

/// <summary>Any server that speaks OpenAI's format, at whatever path it does: the tail names the operation.</summary>
internal static class OpenAiCompatibleRoutes
{
    public static readonly RouteTable Table = new(
        new RouteList("/{prefix}")
            .Metered("/chat/completions", Operations.Chat, "api-version")
            .Metered("/completions", Operations.Completions, "api-version")
            .Metered("/responses", Operations.Responses, "api-version")
            .Metered("/embeddings", Operations.Embeddings, "api-version")
            .Free("GET", "/models", Operations.Models, "api-version")
            .Free("GET", "/models/{model}", Operations.Models, "api-version")
            .Free("POST", "/moderations", Operations.Moderations, "api-version")
            .Refused("/rerank", "/images/{id}", "/audio/{id}", "/batches", "/files", "/realtime", "/videos")
            .Routes,
        PathCharacters.ModelId);
}
