using System.Text.Json;
using System.Text.Json.Nodes;

namespace LLMeterProxy.FunctionalTests.Recordings;

/// <summary>A folder of recordings in the form that the replay reads, made by a test.</summary>
internal sealed class RecordingFolder : IDisposable
{
    private static readonly string[] _fields =
    [
        "input_tokens", "uncached_input_tokens", "cached_input_tokens", "cache_write_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens",
        "output_tokens", "reasoning_tokens", "audio_input_tokens", "audio_output_tokens", "image_input_tokens", "image_output_tokens",
    ];

    private readonly JsonArray _index = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("llmeter-recordings-").FullName;

    /// <param name="id">The provider's folder, a slash, a name.</param>
    /// <param name="expected">Members of the expectation; those not named are null: not reported.</param>
    /// <param name="other">Billed units that are no tokens.</param>
    public void Add(
        string id,
        string dialect,
        string endpoint,
        string body,
        object? expected,
        object? other = null,
        int status = 200,
        string format = "json",
        object? request = null,
        string method = "POST")
    {
        var directory = System.IO.Path.Combine(Path, id);
        Directory.CreateDirectory(directory);
        File.WriteAllText(System.IO.Path.Combine(directory, "response.body"), body);
        if (request is not null)
            File.WriteAllText(System.IO.Path.Combine(directory, "request.json"), JsonSerializer.Serialize(request));
        var meta = new
        {
            model_requested = (string?)null,
            body = new { format },
            request_headers = new { },
            response_headers = new Dictionary<string, string> { ["content-type"] = format == "sse" ? "text/event-stream" : "application/json" },
        };
        File.WriteAllText(System.IO.Path.Combine(directory, "meta.json"), JsonSerializer.Serialize(meta));
        var figures = new JsonObject { ["usage_reported"] = expected is not null };
        foreach (var field in _fields)
            figures[field] = null;
        foreach (var (name, value) in JsonSerializer.SerializeToNode(expected ?? new { })!.AsObject())
            figures[name] = value?.DeepClone();
        figures["other_billed_units"] = JsonSerializer.SerializeToNode(other ?? new { });
        figures["extra_lines"] = new JsonArray();
        _index.Add(new JsonObject
        {
            ["id"] = id,
            ["provider"] = id.Split('/')[0],
            ["dialect"] = dialect,
            ["method"] = method,
            ["endpoint"] = endpoint,
            ["streaming"] = format == "sse",
            ["status"] = status,
            ["model_reported"] = null,
            ["expected"] = figures,
        });
        File.WriteAllText(System.IO.Path.Combine(Path, "index.json"), _index.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
