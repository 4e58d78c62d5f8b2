using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>OpenAI: chat completions, completions, responses and embeddings.</summary>
internal sealed class OpenAiDialect : IDialect
{
    private static readonly OpenAiRules _rules = new()
    {
        AsksForUsage = true,
        ChatLimit = "max_completion_tokens",
        CompletionLimit = 16,
    };

    public string Kind => "openai";

    public string PriceList => "openai";

    public string? DefaultBaseUrl => "https://api.openai.com";

    public string? ApiKeyVariable => "OPENAI_API_KEY";

    public bool NeedsApiKey => true;

    public CredentialForm Credential => CredentialForm.Bearer;

    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    public ProblemShape Problems => OpenAiProblems.Instance;

    public IReadOnlyList<Route> Routes => OpenAiRoutes.Table.Routes;

    public RouteResult Match(string method, string path, string query) => OpenAiRoutes.Table.Match(method, path, query);

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) => OpenAiRequests.Read(match, body, _rules);

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        OpenAiCollectors.Create(match, facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => OpenAiProblems.StreamError;
}
