using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Anthropic: messages, the completions before them, and OpenAI's chat format.</summary>
internal sealed class AnthropicDialect : IDialect
{
    private static readonly OpenAiRules _openAiRules = new() { AsksForUsage = true };

    public string Kind => "anthropic";

    public string PriceList => "anthropic";

    public string? DefaultBaseUrl => "https://api.anthropic.com";

    public string? ApiKeyVariable => "ANTHROPIC_API_KEY";

    public bool NeedsApiKey => true;

    public CredentialForm Credential => CredentialForm.XApiKey;

    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    public ProblemShape Problems => AnthropicProblems.Instance;

    public IReadOnlyList<Route> Routes => AnthropicRoutes.Table.Routes;

    public RouteResult Match(string method, string path, string query) => AnthropicRoutes.Table.Match(method, path, query);

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) =>
        IsOpenAi(match) ? OpenAiRequests.Read(match, body, _openAiRules) : AnthropicRequests.Read(match, body);

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        IsOpenAi(match) ? OpenAiCollectors.Create(match, facts, head) : AnthropicCollectors.Create(match, facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => AnthropicProblems.StreamError(requestId);

    public ProblemShape ProblemsFor(RouteMatch match) => IsOpenAi(match) ? OpenAiProblems.Instance : AnthropicProblems.Instance;

    public CredentialForm CredentialFor(RouteMatch match) => IsOpenAi(match) ? CredentialForm.Bearer : Credential;

    public ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) =>
        IsOpenAi(match) ? OpenAiProblems.StreamError : AnthropicProblems.StreamError(requestId);

    private static bool IsOpenAi(RouteMatch match) => match.Route.Operation == Operations.Chat;
}
