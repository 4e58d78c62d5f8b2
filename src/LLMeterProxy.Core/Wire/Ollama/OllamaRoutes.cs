using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Ollama;

/// <summary>
/// Ollama's own API, and those of OpenAI and Anthropic as it speaks them; OpenAI's with and without the version. What changes
/// the server's models, which all tenants share, is refused. Source: Ollama's API reference.
/// </summary>
internal static class OllamaRoutes
{
    public static readonly RouteTable Table = new(
        [
            .. new RouteList("/api")
                .Metered("/chat", Operations.Chat)
                .Metered("/generate", Operations.Completions)
                .Metered("/embed", Operations.Embeddings)
                .Metered("/embeddings", Operations.Embeddings)
                .Free("GET", "/tags", Operations.Models)
                .Free("GET", "/ps", Operations.Models)
                .Free("GET", "/version", Operations.Models)
                .Free("POST", "/show", Operations.Models)
                .Refused("/pull", "/push", "/create", "/delete", "/copy", "/blobs/{id}", "/me", "/signout", "/web_search", "/web_fetch")
                .Routes,
            .. new RouteList("/v1")
                .Metered("/chat/completions", Operations.Chat)
                .Metered("/completions", Operations.Completions)
                .Metered("/responses", Operations.Responses)
                .Metered("/messages", Operations.Messages, "beta")
                .Metered("/embeddings", Operations.Embeddings)
                .Free("GET", "/models", Operations.Models)
                .Free("GET", "/models/{model}", Operations.Models)
                .Refused("/images/{id}", "/audio/{id}", "/messages/count_tokens")
                .Routes,
        ],
        PathCharacters.ModelId,
        ("/chat/completions", "/v1/chat/completions"),
        ("/completions", "/v1/completions"),
        ("/responses", "/v1/responses"),
        ("/embeddings", "/v1/embeddings"),
        ("/models", "/v1/models"));
}
