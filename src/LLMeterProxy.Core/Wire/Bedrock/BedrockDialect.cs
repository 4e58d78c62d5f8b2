using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>Amazon Bedrock's runtime API: Converse, and InvokeModel in the formats of the models' vendors.</summary>
internal sealed class BedrockDialect : IDialect
{
    public string Kind => "bedrock";

    public string PriceList => "bedrock";

    public string? DefaultBaseUrl => null;

    public string? ApiKeyVariable => "AWS_BEARER_TOKEN_BEDROCK";

    public bool NeedsApiKey => true;

    public CredentialForm Credential => CredentialForm.Bearer;

    // The whole generation is billed, whoever still listens.
    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Drain;

    public ProblemShape Problems => BedrockProblems.Instance;

    public string? BaseUrlOf(string? region) => region is null ? null : $"https://bedrock-runtime.{region}.amazonaws.com";

    public IReadOnlyList<Route> Routes => BedrockRoutes.Routes;

    public RouteResult Match(string method, string path, string query) => BedrockRoutes.Match(method, path, query);

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) => match.Route.Operation switch
    {
        Operations.Converse => ConverseRequests.Read(match, body),
        Operations.InvokeModel => InvokeRequests.Read(match, body),
        _ => BedrockContent.ReadUnread(match, body),
    };

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        BedrockCollectors.Create(match, facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    // The streams are binary; one that breaks ends in an aborted connection, which SDKs report.
    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => default;
}
