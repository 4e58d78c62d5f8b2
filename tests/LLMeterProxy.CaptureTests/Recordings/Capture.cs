using System.Text.Json;

namespace LLMeterProxy.CaptureTests.Recordings;

/// <summary>One recorded response of a provider, with the usage that an independent reading expects.</summary>
internal sealed record Capture
{
    /// <summary>The folder, a slash, the name.</summary>
    public required string Id { get; init; }

    public required string Provider { get; init; }

    /// <summary>The format, in the words of the index: <c>chat</c>, <c>responses</c>, <c>anthropic</c>, <c>converse.stream</c>, ….</summary>
    public required string Dialect { get; init; }

    public required HttpMethod Method { get; init; }

    /// <summary>The provider's own path with its query, as recorded.</summary>
    public required string Endpoint { get; init; }

    public required bool IsStream { get; init; }

    public required int Status { get; init; }

    public string? ModelRequested { get; init; }

    public string? ModelReported { get; init; }

    /// <summary><c>json</c>, <c>sse</c>, <c>ndjson</c>, <c>json-array</c>, <c>jsonl</c>, <c>eventstream</c>, <c>binary</c> or <c>ws-frames-ndjson</c>.</summary>
    public required string BodyFormat { get; init; }

    public required byte[] Body { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; init; }

    /// <summary>Null where the request was not recorded.</summary>
    public byte[]? RequestJson { get; init; }

    /// <summary>A request that is no JSON, cut or a placeholder; null where there is none.</summary>
    public string? RequestText { get; init; }

    public string? RequestContentType { get; init; }

    public required JsonElement Expected { get; init; }

    /// <summary>The usage as the independent reading found it, for the reader of a failure.</summary>
    public JsonElement RawUsage { get; init; }

    public bool IsError => Status >= 400;
}
