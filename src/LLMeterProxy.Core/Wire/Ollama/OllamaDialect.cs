using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Ollama;

/// <summary>An Ollama server: its own format under <c>/api</c>, OpenAI's and Anthropic's under <c>/v1</c>; keys are optional.</summary>
internal sealed class OllamaDialect : IDialect
{
    private const string OwnRoot = "/api/";

    private static readonly OpenAiRules _openAiRules = new() { AsksForUsage = true, RefusesFoldedNames = true };

    public string Kind => "ollama";

    public string PriceList => "ollama";

    public string? DefaultBaseUrl => "http://127.0.0.1:11434";

    public string? ApiKeyVariable => null;

    public bool NeedsApiKey => false;

    public CredentialForm Credential => CredentialForm.Bearer;

    // The server stops generating when the connection closes.
    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    public ProblemShape Problems => OllamaProblems.Instance;

    public IReadOnlyList<Route> Routes => OllamaRoutes.Table.Routes;

    public RouteResult Match(string method, string path, string query) => OllamaRoutes.Table.Match(method, path, query);

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) =>
        IsOwn(match) ? OllamaRequests.Read(match, body)
        : IsAnthropic(match) ? AnthropicRequests.Read(match, body)
        : OpenAiRequests.Read(match, body, _openAiRules);

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        IsOwn(match) ? OllamaCollectors.Create(match, facts, head)
        : IsAnthropic(match) ? AnthropicCollectors.Create(match, facts, head)
        : OpenAiCollectors.Create(match, facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => OpenAiProblems.StreamError;

    public ProblemShape ProblemsFor(RouteMatch match) =>
        IsOwn(match) ? OllamaProblems.Instance : IsAnthropic(match) ? AnthropicProblems.Instance : OpenAiProblems.Instance;

    public ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) =>
        IsAnthropic(match) ? AnthropicProblems.StreamError(requestId) : OpenAiProblems.StreamError;

    private static bool IsOwn(RouteMatch match) => match.Route.Template.StartsWith(OwnRoot, StringComparison.Ordinal);

    private static bool IsAnthropic(RouteMatch match) => match.Route.Operation == Operations.Messages;
}
