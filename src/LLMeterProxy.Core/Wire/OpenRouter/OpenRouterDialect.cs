using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenRouter;

/// <summary>OpenRouter: OpenAI's format, and Anthropic's under <c>/api/v1/messages</c>. Its streams always carry usage, so that the body is left alone.</summary>
internal sealed class OpenRouterDialect() : OpenAiFormatDialect(OpenRouterRoutes.Table, new())
{
    private const string OnlineVariant = ":online";

    public override string Kind => "openrouter";

    public override string? DefaultBaseUrl => "https://openrouter.ai";

    public override string? ApiKeyVariable => "OPENROUTER_API_KEY";

    public override DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    public override bool StatesExactCost => true;

    public override ProblemShape Problems => OpenRouterProblems.Instance;

    public override RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null)
    {
        var reading = base.ReadRequest(match, body, contentType);
        // This variant of any model adds the web plugin, which is billed by search.
        return reading.Facts is { ServerTool: null, Model: { } model } facts && model.EndsWith(OnlineVariant, StringComparison.Ordinal)
            ? facts with { ServerTool = "plugins" }
            : reading;
    }

    public override ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) => match.Route.Operation switch
    {
        Operations.Messages => AnthropicProblems.StreamError(requestId),
        Operations.Chat => OpenRouterProblems.StreamError,
        _ => OpenAiProblems.StreamError,
    };

    // Its message streams begin with zeros and go on after message_stop with a [DONE] of no meaning, which the reader bears.
    protected override ResponseReader ReaderFor(RouteMatch match, RequestFacts facts, ResponseHead head) => match.Route.Operation == Operations.Chat
        ? new ChatReader(ChatReader.OpenRouterText, facts)
        : base.ReaderFor(match, facts, head);
}
