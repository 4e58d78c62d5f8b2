namespace LLMeterProxy.Simulator.Scripting;

/// <summary>
/// What one call shall meet with. Everything absent is normal behaviour. Written as JSON (<c>{"status":429}</c>) or as
/// pairs (<c>status=429,cutAtByte=100</c>), the names being those of the properties in camelCase; see
/// <see cref="ScenarioText"/> for where it can be put.
/// </summary>
public sealed record Scenario
{
    /// <summary>No directive at all.</summary>
    public static Scenario Plain { get; } = new();

    /// <summary>HTTP status; 400 and above answer with the provider's error body and are not billed.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The provider's own error code in the error body, e.g. <c>insufficient_quota</c>; null is the usual one for the status.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Value of <c>retry-after</c> in seconds; null is the provider's usual one for the status.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Wait before the response headers, in milliseconds.</summary>
    public int? DelayMs { get; init; }

    /// <summary>Wait between the flushed response headers and the first body byte, in milliseconds.</summary>
    public int HeaderDelayMs { get; init; }

    /// <summary>Wait before every streamed event but the first, in milliseconds.</summary>
    public int? ChunkDelayMs { get; init; }

    /// <summary>All input tokens, cached and cache-written ones included; null is a quarter of the text's bytes.</summary>
    public int? InputTokens { get; init; }

    /// <summary>All output tokens of the call, reasoning included, not bounded by the request's limit; null is the default.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Input tokens read from a cache, part of the input.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Input tokens written to a five-minute cache, part of the input.</summary>
    public int CacheWriteTokens { get; init; }

    /// <summary>Input tokens written to a one-hour cache, part of the input.</summary>
    public int CacheWrite1hTokens { get; init; }

    /// <summary>Output tokens that were reasoning, part of the output; raises the output where it is less.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>Model that the response names; null is the request's, by its dated snapshot.</summary>
    public string? Model { get; init; }

    /// <summary>Service tier that the response names; null is the request's where the model has it.</summary>
    public string? Tier { get; init; }

    /// <summary>Closes the connection after this many body bytes.</summary>
    public long? CutAtByte { get; init; }

    /// <summary>How <see cref="CutAtByte"/> and <see cref="CutBeforeHeaders"/> close it.</summary>
    public CutKind CutKind { get; init; }

    /// <summary>Closes the connection instead of answering.</summary>
    public bool CutBeforeHeaders { get; init; }

    /// <summary>Stops sending after this many body bytes and waits until the client leaves.</summary>
    public long? StallAtByte { get; init; }

    /// <summary>Answers 200 with bytes that are no JSON and no event.</summary>
    public bool Garbage { get; init; }

    /// <summary>Leaves the usage out, although it is billed.</summary>
    public bool NoUsage { get; init; }

    /// <summary>Ends the stream without its terminal event.</summary>
    public bool NoDone { get; init; }

    /// <summary>Sends the usage twice (as Groq does), billed once.</summary>
    public bool UsageTwice { get; init; }

    /// <summary>Sends the provider's error event after half of the tokens and ends.</summary>
    public bool ErrorEventMidStream { get; init; }

    /// <summary>Adds this many bytes of text to the answer; in streams in events of 16 KiB at most.</summary>
    public int BigBodyBytes { get; init; }

    /// <summary>Adds one streamed event whose line holds this many bytes of text.</summary>
    public int HugeLineBytes { get; init; }

    /// <summary>Compresses the body and says so, whatever the client accepts.</summary>
    public bool Gzip { get; init; }

    /// <summary>Declares this many body bytes more than are sent; the connection is closed short of them.</summary>
    public int WrongContentLength { get; init; }

    /// <summary>Sends a body that is not streamed without a length, in HTTP chunks.</summary>
    public bool Chunked { get; init; }

    /// <summary>Sends the body in flushed writes of this many bytes, across events; 0 is a write an event.</summary>
    public int WriteSize { get; init; }

    /// <summary>Answers with a call of the request's first tool (or of <c>lookup</c>).</summary>
    public bool ToolCall { get; init; }

    /// <summary>What is billed if the answer does not end in the normal way.</summary>
    public BillingRule Bill { get; init; }

    /// <summary>Exact response body instead of a rendered one; from code only.</summary>
    public ReadOnlyMemory<byte>? RawBody { get; init; }

    /// <summary>Content type of <see cref="RawBody"/>.</summary>
    public string RawContentType { get; init; } = "application/json";

    /// <summary>Response headers to set or replace; from code only.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}
