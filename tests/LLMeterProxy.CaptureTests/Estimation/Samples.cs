using System.Text;
using System.Text.Json;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.CaptureTests.Replays;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Settle.Estimation;

namespace LLMeterProxy.CaptureTests.Estimation;

/// <summary>Makes samples of the recordings that have a readable request and reported usage.</summary>
internal static class Samples
{
    private static readonly DialectCatalog _dialects = new();

    // What is only referred to in a request, or added to it by the provider.
    private static readonly string[] _references =
    [
        "\"previous_response_id\":\"", "\"conversation\":", "\"cachedContent\":", "\"fileUri\":", "\"file_uri\":", "\"file_id\":", "\"web_search_options\":",
        "\"search_parameters\":", "\"container\":", "\"mcp_servers\":", "\"encrypted_content\":", "\"plugins\":", "\"compaction\"", "\"context_management\":",
    ];

    public static IReadOnlyList<Sample> Of(IEnumerable<Capture> captures) => [.. captures.Select(Make).OfType<Sample>()];

    private static Sample? Make(Capture capture)
    {
        if (capture.IsError || capture.RequestJson is not { } request || Tokens(capture, "input_tokens") is not { } input || input == 0)
            return null;
        var reading = Read(capture, request);
        return new Sample(
            capture.Dialect,
            capture.ModelReported ?? RequestContent.ModelOf(capture),
            input,
            InputEstimator.Estimate(request, capture.ModelRequested ?? capture.ModelReported ?? "", OperationOf(capture)).Total,
            IsWhole(capture, request, reading.Facts),
            Tokens(capture, "output_tokens") ?? 0,
            reading.OutputBytes,
            Tokens(capture, "reasoning_tokens") > 0)
        {
            BodyBytes = request.Length,
        };
    }

    private static string OperationOf(Capture capture) => capture.Dialect switch
    {
        "embeddings" or "gemini.embed" => Operations.Embeddings,
        "completions" => Operations.Completions,
        "images" => Operations.Images,
        "rerank" => Operations.Rerank,
        _ => Operations.Chat,
    };

    private static long? Tokens(Capture capture, string name) =>
        capture.Expected.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static bool IsWhole(Capture capture, byte[] request, RequestFacts? facts)
    {
        var text = Encoding.UTF8.GetString(request).Replace("\": ", "\":", StringComparison.Ordinal);
        var isBilledBeside = capture.Expected.GetProperty("extra_lines").GetArrayLength() > 0 || SearchedAnything(capture);

        // Groq's compound models search and compute without being asked for it.
        return facts?.HiddenInput is null && facts?.ServerTool is null && !isBilledBeside
            && !Array.Exists(_references, reference => text.Contains(reference, StringComparison.Ordinal)) && !HasServerTool(request)
            && capture.ModelReported?.Contains("compound", StringComparison.Ordinal) is not true;
    }

    private static bool SearchedAnything(Capture capture) =>
        capture.Expected.GetProperty("other_billed_units").EnumerateObject().Any(unit => unit.Name.Contains("search", StringComparison.Ordinal));

    /// <summary>A tool that the provider runs: it has a type of its own, or a name that is no function's.</summary>
    private static bool HasServerTool(byte[] request)
    {
        using var body = JsonDocument.Parse(request);
        return body.RootElement.ValueKind == JsonValueKind.Object
            && body.RootElement.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            && tools.EnumerateArray().Any(tool => tool.ValueKind == JsonValueKind.Object && !tool.EnumerateObject().Any(field => field.Name is
                "function" or "parameters" or "input_schema" or "functionDeclarations" or "function_declarations" or "toolSpec" or "parameter_definitions"));
    }

    private static (RequestFacts? Facts, long? OutputBytes) Read(Capture capture, byte[] request)
    {
        if (_dialects.Find(ProviderKinds.KindOf(capture)) is not { } dialect)
            return (null, null);
        var target = RequestPath.Of(capture, "key")[(ProviderKinds.NameOf(capture).Length + 1)..];
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var (path, rest) = query < 0 ? (target, "") : (target[..query], target[query..]);
        if (dialect.Match(capture.Method.Method, path, rest).Match is not { Route.Treatment: RouteTreatment.Metered } match
            || dialect.ReadRequest(match, request, "application/json").Facts is not { } facts)
            return (null, null);
        var collector = dialect.CreateCollector(match, facts, new ResponseHead(capture.BodyFormat switch
        {
            "sse" => "text/event-stream",
            "eventstream" => "application/vnd.amazon.eventstream",
            "ndjson" => "application/x-ndjson",
            _ => "application/json",
        }));
        collector.Observe(capture.Body);
        collector.Finish();
        return (facts, collector.Report().OutputTextBytes);
    }
}
