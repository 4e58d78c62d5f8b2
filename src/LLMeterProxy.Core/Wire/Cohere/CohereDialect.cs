using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Cohere;

/// <summary>Cohere: its own format in two versions, and OpenAI's under <c>/compatibility/v1</c>.</summary>
internal sealed class CohereDialect : IDialect
{
    private const string OpenAiRoot = "/compatibility/";

    private static readonly OpenAiRules _openAiRules = new() { AsksForUsage = true };

    public string Kind => "cohere";

    public string PriceList => "cohere";

    public string? DefaultBaseUrl => "https://api.cohere.com";

    public string? ApiKeyVariable => "COHERE_API_KEY";

    public string? OtherApiKeyVariable => "CO_API_KEY";

    public bool NeedsApiKey => true;

    public CredentialForm Credential => CredentialForm.Bearer;

    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    public ProblemShape Problems => CohereProblems.Instance;

    public IReadOnlyList<Route> Routes => CohereRoutes.Table.Routes;

    public RouteResult Match(string method, string path, string query) => CohereRoutes.Table.Match(method, path, query);

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) =>
        IsOpenAi(match) ? OpenAiRequests.Read(match, body, _openAiRules) : CohereRequests.Read(match, body);

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        IsOpenAi(match) ? OpenAiCollectors.Create(match, facts, head) : CohereCollectors.Create(facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => CohereProblems.StreamError;

    public ProblemShape ProblemsFor(RouteMatch match) => IsOpenAi(match) ? OpenAiProblems.Instance : CohereProblems.Instance;

    public ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) =>
        IsOpenAi(match) ? OpenAiProblems.StreamError
        : match.Route.Template.StartsWith("/v1/", StringComparison.Ordinal) ? CohereProblems.FirstVersionStreamError
        : CohereProblems.StreamError;

    private static bool IsOpenAi(RouteMatch match) => match.Route.Template.StartsWith(OpenAiRoot, StringComparison.Ordinal);
}
