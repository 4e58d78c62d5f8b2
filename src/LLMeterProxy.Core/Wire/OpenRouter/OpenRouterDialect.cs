using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.OpenRouter;

/// <summary>OpenRouter: OpenAI's format, and Anthropic's under <c>/api/v1/messages</c>. Its streams always carry usage, so that the body is left alone.</summary>
internal sealed class OpenRouterDialect : IDialect
{
    private const string OnlineVariant = ":online";

    private static readonly OpenAiRules _rules = new();

    public string Kind => "openrouter";

    public string PriceList => "openrouter";

    public string? DefaultBaseUrl => "https://openrouter.ai";

    public string? ApiKeyVariable => "OPENROUTER_API_KEY";

    public bool NeedsApiKey => true;

    public CredentialForm Credential => CredentialForm.Bearer;

    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    public ProblemShape Problems => OpenRouterProblems.Instance;

    public IReadOnlyList<Route> Routes => OpenRouterRoutes.Table.Routes;

    public RouteResult Match(string method, string path, string query) => OpenRouterRoutes.Table.Match(method, path, query);

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null)
    {
        var reading = IsAnthropic(match) ? AnthropicRequests.Read(match, body) : OpenAiRequests.Read(match, body, _rules);
        // This variant of any model adds the web plugin, which is billed by search.
        return reading.Facts is { ServerTool: null, Model: { } model } facts && model.EndsWith(OnlineVariant, StringComparison.Ordinal)
            ? facts with { ServerTool = "plugins" }
            : reading;
    }

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        OpenRouterCollectors.Create(match, facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => OpenRouterProblems.StreamError;

    public ProblemShape ProblemsFor(RouteMatch match) => IsAnthropic(match) ? AnthropicProblems.Instance : OpenRouterProblems.Instance;

    public ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) => match.Route.Operation switch
    {
        Operations.Messages => AnthropicProblems.StreamError(requestId),
        Operations.Chat => OpenRouterProblems.StreamError,
        _ => OpenAiProblems.StreamError,
    };

    private static bool IsAnthropic(RouteMatch match) => match.Route.Operation == Operations.Messages;
}
