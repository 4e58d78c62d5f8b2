using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Vertex;

/// <summary>
/// Vertex AI under both its versions: below a project and a location, and without them in express mode. Google's models speak
/// Gemini's format, Anthropic's their own, those of other publishers OpenAI's. Endpoints that a customer deploys are billed by
/// the hour and are refused, but for tuned Gemini models, which are billed by token. Source: Vertex AI's API reference.
/// </summary>
internal static class VertexRoutes
{
    public const string Anthropic = "/publishers/anthropic/";
    public const string OpenAi = "/endpoints/openapi/";
    public const string OtherPublisher = "/publishers/{publisher}/";
    public const string Endpoints = "endpoints/";

    private static readonly string[] _json = ["alt=json", "$alt=json;enum-encoding=int", "%24alt=json%3Benum-encoding%3Dint"];
    private static readonly string[] _alt = [.. _json, "alt=sse"];

    public static readonly RouteTable Table = new(
        [
            .. InProject("/v1"),
            .. InProject("/v1beta1"),
            .. Express("/v1"),
            .. Express("/v1beta1"),
            .. new RouteList("/v1beta1/publishers/google").Free("GET", "/models", Operations.Models, "pageSize", "pageToken").Routes,
        ],
        PathCharacters.Versioned);

    private static IReadOnlyList<Route> InProject(string version) => new RouteList(version + "/projects/{project}/locations/{location}")
        .Metered("/publishers/google/models/{model}:generateContent", Operations.GenerateContent, _json)
        .Metered("/publishers/google/models/{model}:streamGenerateContent", Operations.GenerateContent, _alt)
        .Metered("/publishers/google/models/{model}:embedContent", Operations.Embeddings, _json)
        .Metered("/publishers/google/models/{model}:predict", Operations.Predict, _json)
        .Metered("/endpoints/{model}:generateContent", Operations.GenerateContent, _json)
        .Metered("/endpoints/{model}:streamGenerateContent", Operations.GenerateContent, _alt)
        .Metered("/endpoints/openapi/chat/completions", Operations.Chat)
        .Free("POST", "/publishers/google/models/{model}:countTokens", Operations.CountTokens, _json)
        .Free("POST", "/publishers/google/models/{model}:computeTokens", Operations.CountTokens, _json)
        .Free("POST", "/publishers/anthropic/models/count-tokens:rawPredict", Operations.CountTokens)
        .Metered("/publishers/anthropic/models/{model}:rawPredict", Operations.InvokeModel)
        .Metered("/publishers/anthropic/models/{model}:streamRawPredict", Operations.InvokeModel)
        .Refused(
            "/publishers/google/models/{model}:rawPredict", "/publishers/google/models/{model}:streamRawPredict",
            "/publishers/google/models/{model}:serverStreamingPredict")
        .Metered("/publishers/{publisher}/models/{model}:rawPredict", Operations.InvokeModel)
        .Metered("/publishers/{publisher}/models/{model}:streamRawPredict", Operations.InvokeModel)
        .Deferred(
            "/publishers/google/models/{model}:predictLongRunning", "/publishers/google/models/{model}:fetchPredictOperation",
            "/batchPredictionJobs", "/batchPredictionJobs/{rest}")
        .Refused(
            "/endpoints/{model}:predict", "/endpoints/{model}:rawPredict", "/endpoints/{model}:streamRawPredict",
            "/endpoints/{id}/chat/completions")
        .RefusedAreas("/cachedContents", "/models", "/ragCorpora", "/reasoningEngines", "/tuningJobs")
        .Routes;

    private static IReadOnlyList<Route> Express(string version) => new RouteList(version + "/publishers/google/models")
        .Metered("/{model}:generateContent", Operations.GenerateContent, _json)
        .Metered("/{model}:streamGenerateContent", Operations.GenerateContent, _alt)
        .Metered("/{model}:embedContent", Operations.Embeddings, _json)
        .Metered("/{model}:predict", Operations.Predict, _json)
        .Free("POST", "/{model}:countTokens", Operations.CountTokens, _json)
        .Free("GET", "/{model}", Operations.Models)
        .Deferred("/{model}:predictLongRunning", "/{model}:fetchPredictOperation")
        .Routes;
}
