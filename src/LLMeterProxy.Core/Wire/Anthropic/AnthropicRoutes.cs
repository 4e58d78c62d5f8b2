using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Anthropic's API. SDKs whose base URL includes the version leave it out of the path, so both forms of messages are accepted.</summary>
internal static class AnthropicRoutes
{
    public static readonly RouteTable Table = new(
        new RouteList("/v1")
            .Metered("/messages", Operations.Messages, "beta")
            .Metered("/complete", Operations.Completions)
            .Metered("/chat/completions", Operations.Chat)
            .Free("POST", "/messages/count_tokens", Operations.CountTokens, "beta")
            .Free("GET", "/models", Operations.Models, "beta", "limit", "after_id", "before_id")
            .Free("GET", "/models/{model}", Operations.Models, "beta")
            .Deferred("/messages/batches", "/messages/batches/{rest}")
            .RefusedAreas(
                "/agents", "/environments", "/experimental", "/files", "/memory_stores", "/organizations",
                "/sessions", "/skills", "/vaults")
            .Routes,
        PathCharacters.ModelId,
        ("/messages", "/v1/messages"),
        ("/messages/count_tokens", "/v1/messages/count_tokens"));
}
