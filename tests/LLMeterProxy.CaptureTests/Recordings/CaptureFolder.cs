using System.IO.Enumeration;
using System.Text.Json;

namespace LLMeterProxy.CaptureTests.Recordings;

/// <summary>Reads a folder of recordings: <c>index.json</c>, and beside it one folder a recording.</summary>
internal static class CaptureFolder
{
    public const string IndexName = "index.json";

    /// <param name="only">A pattern of ids; null takes all.</param>
    public static IReadOnlyList<Capture> Read(string folder, string? only)
    {
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, IndexName)));
        return
        [
            .. index.RootElement.EnumerateArray()
                .Where(entry => only is null || FileSystemName.MatchesSimpleExpression(only, Text(entry, "id")!, ignoreCase: false))
                .Select(entry => ReadOne(folder, entry)),
        ];
    }

    private static Capture ReadOne(string folder, JsonElement entry)
    {
        var id = Text(entry, "id")!;
        var directory = Path.Combine(folder, id);
        using var meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "meta.json")));
        var root = meta.RootElement;
        return new Capture
        {
            Id = id,
            Provider = Text(entry, "provider")!,
            Dialect = Text(entry, "dialect")!,
            Method = HttpMethod.Parse(Text(entry, "method")!.ToUpperInvariant()),
            Endpoint = Text(entry, "endpoint")!,
            IsStream = entry.GetProperty("streaming").GetBoolean(),
            Status = entry.GetProperty("status").GetInt32(),
            ModelRequested = Text(root, "model_requested"),
            ModelReported = Text(entry, "model_reported"),
            BodyFormat = Text(root.GetProperty("body"), "format")!,
            Body = File.ReadAllBytes(Path.Combine(directory, "response.body")),
            ResponseHeaders = Headers(root, "response_headers"),
            RequestJson = Bytes(Path.Combine(directory, "request.json")),
            RequestText = Bytes(Path.Combine(directory, "request.txt")) is { } text ? System.Text.Encoding.UTF8.GetString(text) : null,
            RequestContentType = Headers(root, "request_headers").FirstOrDefault(h => h.Key == "content-type").Value,
            Expected = entry.GetProperty("expected").Clone(),
            RawUsage = root.TryGetProperty("raw_usage", out var raw) ? raw.Clone() : default,
        };
    }

    private static byte[]? Bytes(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    private static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IReadOnlyList<KeyValuePair<string, string>> Headers(JsonElement root, string name) =>
        root.TryGetProperty(name, out var headers) && headers.ValueKind == JsonValueKind.Object
            ? [.. headers.EnumerateObject().Select(h => KeyValuePair.Create(h.Name.ToLowerInvariant(), h.Value.ToString()))]
            : [];
}
