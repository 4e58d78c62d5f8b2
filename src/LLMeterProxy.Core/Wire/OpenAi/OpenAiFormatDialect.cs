using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Core.Wire.Routes;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// A provider that speaks OpenAI's formats, and Anthropic's where its routes have messages. A kind says only in what it differs.
/// </summary>
internal abstract class OpenAiFormatDialect(RouteTable routes, OpenAiRules rules) : IDialect
{
    public abstract string Kind { get; }

    public virtual string PriceList => Kind;

    public abstract string? DefaultBaseUrl { get; }

    public abstract string? ApiKeyVariable { get; }

    public virtual string? BaseUrlVariable => null;

    public virtual bool NeedsApiKey => true;

    public virtual CredentialForm Credential => CredentialForm.Bearer;

    public virtual DisconnectPolicy OnDisconnect => DisconnectPolicy.Drain;

    public virtual bool StatesExactCost => false;

    public virtual ProblemShape Problems => OpenAiProblems.Instance;

    public IReadOnlyList<Route> Routes => routes.Routes;

    public RouteResult Match(string method, string path, string query) => routes.Match(method, path, query);

    public virtual RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) =>
        IsAnthropic(match) ? AnthropicRequests.Read(match, body) : OpenAiRequests.Read(match, body, RulesFor(match), contentType);

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        OpenAiCollectors.Create(match, facts, head, ReaderFor(match, facts, head));

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => OpenAiProblems.StreamError;

    public ProblemShape ProblemsFor(RouteMatch match) => IsAnthropic(match) ? AnthropicProblems.Instance : Problems;

    public virtual CredentialForm CredentialFor(RouteMatch match) => Credential;

    public virtual ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) =>
        IsAnthropic(match) ? AnthropicProblems.StreamError(requestId) : OpenAiProblems.StreamError;

    protected static bool IsAnthropic(RouteMatch match) =>
        match.Route.Operation == Operations.Messages || match.Route.Template.EndsWith("/messages/count_tokens", StringComparison.Ordinal);

    protected virtual OpenAiRules RulesFor(RouteMatch match) => rules;

    protected virtual ResponseReader ReaderFor(RouteMatch match, RequestFacts facts, ResponseHead head) => OpenAiCollectors.ReaderOf(match, facts);
}
