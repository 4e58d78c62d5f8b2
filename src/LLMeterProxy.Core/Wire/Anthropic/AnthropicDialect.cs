using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Anthropic's Messages API.</summary>
internal sealed class AnthropicDialect : IDialect
{
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

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) => AnthropicRequests.Read(match, body);

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        AnthropicCollectors.Create(match, facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => AnthropicProblems.StreamError(requestId);
}
