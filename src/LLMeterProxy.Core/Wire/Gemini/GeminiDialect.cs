using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>The Gemini API of Google AI Studio: native, and OpenAI's format under <c>/v1beta/openai</c>.</summary>
internal sealed class GeminiDialect : IDialect
{
    private const string OpenAiRoot = "/v1beta/openai/";

    private static readonly OpenAiRules _openAiRules = new() { AsksForUsage = true };

    public string Kind => "gemini";

    public string PriceList => "gemini";

    public string? DefaultBaseUrl => "https://generativelanguage.googleapis.com";

    public string? ApiKeyVariable => "GEMINI_API_KEY";

    public bool NeedsApiKey => true;

    public CredentialForm Credential => CredentialForm.XGoogApiKey;

    // Google generates and bills on after a disconnect.
    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Drain;

    public ProblemShape Problems => GeminiProblems.Instance;

    public IReadOnlyList<Route> Routes => GeminiRoutes.Table.Routes;

    public RouteResult Match(string method, string path, string query)
    {
        var result = GeminiRoutes.Table.Match(method, path, query);

        // A tuned model's name is its owner's own, and may be that of a model with another price.
        return result.Match is { Model: { } model } match && match.Route.Template.Contains(GeminiRoutes.TunedModels, StringComparison.Ordinal)
            ? result with { Match = match with { Model = GeminiRoutes.TunedModels + model } }
            : result;
    }

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null) =>
        IsOpenAi(match) ? OpenAiRequests.Read(match, body, _openAiRules) : ReadNative(match, body);

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        IsOpenAi(match) ? OpenAiCollectors.Create(match, facts, head) : GeminiCollectors.Create(match, facts, head);

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => GeminiProblems.StreamError;

    public ProblemShape ProblemsFor(RouteMatch match) => IsOpenAi(match) ? OpenAiProblems.Instance : GeminiProblems.Instance;

    public CredentialForm CredentialFor(RouteMatch match) => IsOpenAi(match) ? CredentialForm.Bearer : Credential;

    public ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) =>
        IsOpenAi(match) ? OpenAiProblems.StreamError : GeminiProblems.StreamError;

    /// <summary>Reads a request in Google's own formats, which Vertex AI shares.</summary>
    internal static RequestReading ReadNative(RouteMatch match, ReadOnlySpan<byte> body) => match.Route.Operation switch
    {
        Operations.Interactions => InteractionRequests.Read(match, body),
        Operations.Predict => PredictRequests.Read(match, body),
        _ => GeminiRequests.Read(match, body),
    };

    private static bool IsOpenAi(RouteMatch match) => match.Route.Template.StartsWith(OpenAiRoot, StringComparison.Ordinal);
}
