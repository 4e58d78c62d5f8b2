using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.OpenAiCompatible;

/// <summary>OpenAI's format as other servers speak it (vLLM, llama.cpp, LocalAI, hosted ones); keys are optional.</summary>
internal sealed class OpenAiCompatibleDialect : IDialect
{
    private static readonly OpenAiRules _rules = new() { AsksForUsage = true, RefusesFoldedNames = true };

    public string Kind => "openai-compatible";

    public string PriceList => "openai-compatible";

    public string? DefaultBaseUrl => null;

    public string? ApiKeyVariable => null;

    public bool NeedsApiKey => false;

    public CredentialForm Credential => CredentialForm.Bearer;

    // Nothing is known of the server, so that it may go on generating: what it bills is read to the end.
    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Drain;

    public ProblemShape Problems => OpenAiProblems.Instance;

    public IReadOnlyList<Route> Routes => OpenAiCompatibleRoutes.Table.Routes;

    public RouteResult Match(string method, string path, string query) => OpenAiCompatibleRoutes.Table.Match(method, path, query);

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) => OpenAiRequests.Read(match, body, _rules);

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        OpenAiCollectors.Create(match, facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => OpenAiProblems.StreamError;
}
