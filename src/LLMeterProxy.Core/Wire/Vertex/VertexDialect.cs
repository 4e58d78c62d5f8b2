using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.Gemini;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Vertex;

/// <summary>Google's Vertex AI: the formats of its publishers under its own paths, by a service account or, in express mode, by key.</summary>
internal sealed class VertexDialect : IDialect
{
    private static readonly OpenAiRules _openAiRules = new() { AsksForUsage = true };

    // Models of other publishers state their usage unasked, and may not know the option.
    private static readonly OpenAiRules _publisherRules = new();

    public string Kind => "vertex";

    public string PriceList => "vertex";

    public string? DefaultBaseUrl => "https://aiplatform.googleapis.com";

    public string? BaseUrlOf(string? region) => region switch
    {
        null or "global" => DefaultBaseUrl,
        "us" or "eu" => $"https://aiplatform.{region}.rep.googleapis.com",
        _ => $"https://{region}-aiplatform.googleapis.com",
    };

    public string? ApiKeyVariable => null;

    public bool NeedsApiKey => true;

    public CredentialForm Credential => CredentialForm.XGoogApiKey;

    // Google generates and bills on after a disconnect.
    public DisconnectPolicy OnDisconnect => DisconnectPolicy.Drain;

    public ProblemShape Problems => GeminiProblems.Instance;

    public IReadOnlyList<Route> Routes => VertexRoutes.Table.Routes;

    public RouteResult Match(string method, string path, string query)
    {
        var result = VertexRoutes.Table.Match(method, path, query);

        // An endpoint's number is no model: what it stands for is configured.
        return result.Match is { Model: { } model } match && match.Route.Template.Contains("/endpoints/{model}", StringComparison.Ordinal)
            ? result with { Match = match with { Model = VertexRoutes.Endpoints + model } }
            : result;
    }

    public string UpstreamPath(RouteMatch match, string? project, string? region) =>
        match.Route.Method == "POST" ? VertexPath.Rebuild(match.UpstreamPath, project, region) : match.UpstreamPath;

    public RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null)
    {
        var reading = FormatOf(match) switch
        {
            Format.Anthropic => AnthropicRequests.Read(match, body),
            Format.OpenAi => OpenAiRequests.Read(match, body, _openAiRules),
            Format.OtherPublisher => OpenAiRequests.Read(match, body, _publisherRules),
            _ => GeminiDialect.ReadNative(match, body),
        };
        return reading.Facts is { } facts && match.Model is { } model && facts.Model != model ? OfPath(facts, model) : reading;
    }

    public IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head) => FormatOf(match) switch
    {
        Format.Anthropic => AnthropicCollectors.Create(match, facts, head),
        Format.OpenAi or Format.OtherPublisher => OpenAiCollectors.Create(match, facts, head),
        _ => GeminiCollectors.Create(match, facts, head),
    };

    public bool IsUnbilled(int status) => status >= 400;

    public ReadOnlyMemory<byte> StreamErrorEvent(string requestId) => GeminiProblems.StreamError;

    public ProblemShape ProblemsFor(RouteMatch match) => FormatOf(match) switch
    {
        Format.Anthropic => AnthropicProblems.Instance,
        Format.OpenAi or Format.OtherPublisher => OpenAiProblems.Instance,
        _ => GeminiProblems.Instance,
    };

    public ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) => FormatOf(match) switch
    {
        Format.Anthropic => AnthropicProblems.StreamError(requestId),
        Format.OpenAi or Format.OtherPublisher => OpenAiProblems.StreamError,
        _ => GeminiProblems.StreamError,
    };

    private enum Format
    {
        Google,
        Anthropic,
        OpenAi,
        OtherPublisher,
    }

    private static Format FormatOf(RouteMatch match)
    {
        var template = match.Route.Template;
        return template.Contains(VertexRoutes.Anthropic, StringComparison.Ordinal) ? Format.Anthropic
            : template.Contains(VertexRoutes.OpenAi, StringComparison.Ordinal) ? Format.OpenAi
            : template.Contains(VertexRoutes.OtherPublisher, StringComparison.Ordinal) ? Format.OtherPublisher
            : Format.Google;
    }

    // The path decides; a body that repeats it may leave out the version (T33).
    private static RequestReading OfPath(RequestFacts facts, string model)
    {
        var version = model.IndexOf('@', StringComparison.Ordinal);
        return version > 0 && model.AsSpan(0, version).SequenceEqual(facts.Model)
            ? facts with { Model = model }
            : new Problem(ProblemCode.ConflictingModel, "The body's 'model' differs from the model in the path.", "model");
    }
}
