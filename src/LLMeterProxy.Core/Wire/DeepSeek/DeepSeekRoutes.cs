using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.DeepSeek;

/// <summary>DeepSeek's API, which answers with and without the version in the path. Source: its public API reference.</summary>
internal static class DeepSeekRoutes
{
    public static readonly RouteTable Table = new(
        [
            .. Version(""),
            .. Version("/v1"),
            .. new RouteList("/beta")
                .Metered("/chat/completions", Operations.Chat)
                .Metered("/completions", Operations.Completions)
                .Routes,
            .. new RouteList("/anthropic/v1").Metered("/messages", Operations.Messages, "beta").Routes,
            .. new RouteList("").Refused("/user/balance").Routes,
        ],
        PathCharacters.ModelId,
        ("/anthropic/messages", "/anthropic/v1/messages"));

    private static IReadOnlyList<Route> Version(string root) =>
        new RouteList(root)
            .Metered("/chat/completions", Operations.Chat)
            .Metered("/completions", Operations.Completions)
            .Metered("/responses", Operations.Responses)
            .Free("GET", "/models", Operations.Models)
            .Free("GET", "/models/{model}", Operations.Models)
            .Deferred("/responses/{id}")
            .Routes;
}
