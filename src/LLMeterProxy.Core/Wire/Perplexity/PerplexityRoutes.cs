using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Perplexity;

/// <summary>
/// Perplexity's API. OpenAI SDKs whose base URL has the version call the same endpoint under <c>/v1</c>, which is sent on without it.
/// Source: its public API reference.
/// </summary>
internal static class PerplexityRoutes
{
    public static readonly RouteTable Table = new(
        new RouteList("")
            .Metered("/chat/completions", Operations.Chat)
            .Metered("/v1/sonar", Operations.Chat)
            .Metered("/v1/responses", Operations.Responses)
            .Metered("/v1/agent", Operations.Responses)
            .Metered("/v1/embeddings", Operations.Embeddings)
            .Metered("/v1/contextualizedembeddings", Operations.Embeddings)
            .Metered("/search", Operations.Search)
            .Free("GET", "/v1/models", Operations.Models)
            .DeferredAreas("/async", "/v1/async")
            .Deferred("/v1/responses/{id}", "/v1/agent/{id}")
            .Refused("/generate_auth_token", "/revoke_auth_token")
            .Routes,
        PathCharacters.ModelId,
        ("/v1/chat/completions", "/chat/completions"),
        ("/responses", "/v1/responses"),
        ("/embeddings", "/v1/embeddings"),
        ("/contextualizedembeddings", "/v1/contextualizedembeddings"),
        ("/v1/search", "/search"),
        ("/models", "/v1/models"));
}
