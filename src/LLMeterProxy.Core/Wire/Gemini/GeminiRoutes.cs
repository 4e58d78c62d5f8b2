using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>The Gemini API under both its versions, and its OpenAI form. Model ids have no colon, so that a method suffix is never part of one.</summary>
internal static class GeminiRoutes
{
    private static readonly string[] _alt = ["alt=json", "alt=sse"];

    public static readonly RouteTable Table = new(
        [
            .. new RouteList("/v1beta/openai")
                .Metered("/chat/completions", Operations.Chat)
                .Metered("/embeddings", Operations.Embeddings)
                .Free("GET", "/models", Operations.Models)
                .Free("GET", "/models/{model}", Operations.Models)
                .Refused("/audio/{id}", "/batches", "/files", "/images/{id}", "/videos")
                .Routes,
            .. Native("/v1beta"),
            .. Native("/v1"),
        ],
        PathCharacters.Strict);

    private static IReadOnlyList<Route> Native(string version) =>
        new RouteList(version)
            .Metered("/models/{model}:generateContent", Operations.GenerateContent, "alt=json")
            .Metered("/models/{model}:streamGenerateContent", Operations.GenerateContent, _alt)
            .Free("POST", "/models/{model}:countTokens", Operations.CountTokens, "alt=json")
            .Free("GET", "/models", Operations.Models, "alt=json", "pageSize", "pageToken")
            .Free("GET", "/models/{model}", Operations.Models, "alt=json")
            .Refused(
                "/models/{model}:embedContent", "/models/{model}:batchEmbedContents", "/models/{model}:asyncBatchEmbedContent",
                "/models/{model}:batchGenerateContent", "/models/{model}:predict", "/models/{model}:predictLongRunning",
                "/models/{model}:bidiGenerateContent", "/models/{model}:generateAnswer",
                "/tunedModels/{model}:generateContent", "/tunedModels/{model}:streamGenerateContent")
            .RefusedAreas(
                "/batches", "/cachedContents", "/corpora", "/dynamic", "/fileSearchStores", "/files", "/interactions", "/operations",
                "/tunedModels")
            .Routes;
}
