using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>The Gemini API under both its versions, and its OpenAI form. Model ids have no colon, so that a method suffix is never part of one.</summary>
internal static class GeminiRoutes
{
    /// <summary>Stands before the name of a tuned model, in paths and in <see cref="RouteMatch.Model"/>.</summary>
    public const string TunedModels = "tunedModels/";

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
            .. new RouteList("/v1beta")
                .Metered("/interactions", Operations.Interactions, _alt)
                .Deferred("/interactions/{id}", "/interactions/{id}/cancel")
                .Routes,
            .. Native("/v1beta"),
            .. Native("/v1"),
            .. new RouteList("/v1").RefusedAreas("/interactions").Routes,
        ],
        PathCharacters.Strict);

    private static IReadOnlyList<Route> Native(string version) =>
        new RouteList(version)
            .Metered("/models/{model}:generateContent", Operations.GenerateContent, "alt=json")
            .Metered("/models/{model}:streamGenerateContent", Operations.GenerateContent, _alt)
            .Metered("/models/{model}:embedContent", Operations.Embeddings, "alt=json")
            .Metered("/models/{model}:batchEmbedContents", Operations.Embeddings, "alt=json")
            .Metered("/models/{model}:predict", Operations.Predict, "alt=json")
            .Metered("/tunedModels/{model}:generateContent", Operations.GenerateContent, "alt=json")
            .Metered("/tunedModels/{model}:streamGenerateContent", Operations.GenerateContent, _alt)
            .Free("POST", "/models/{model}:countTokens", Operations.CountTokens, "alt=json")
            .Free("GET", "/models", Operations.Models, "alt=json", "pageSize", "pageToken")
            .Free("GET", "/models/{model}", Operations.Models, "alt=json")
            .Deferred(
                "/models/{model}:asyncBatchEmbedContent", "/models/{model}:batchGenerateContent", "/models/{model}:predictLongRunning",
                "/batches", "/batches/{rest}", "/operations", "/operations/{rest}")
            .Refused("/models/{model}:bidiGenerateContent", "/models/{model}:generateAnswer")
            .RefusedAreas("/cachedContents", "/corpora", "/dynamic", "/fileSearchStores", "/files", "/tunedModels")
            .Routes;
}
