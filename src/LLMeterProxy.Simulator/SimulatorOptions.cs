namespace LLMeterProxy.Simulator;

/// <summary>How a simulator behaves where no scenario says otherwise.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Output tokens of an answer that is neither scripted nor limited by the request.</summary>
    public const int UsualOutputTokens = 32;

    /// <summary>TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Provider credentials that are accepted; empty accepts anything, even none.</summary>
    public IReadOnlyCollection<string> ExpectedKeys { get; init; } = [];

    /// <summary>File of JSON lines to append the bill to; null keeps it in memory alone.</summary>
    public string? BillLogPath { get; init; }

    /// <summary>Whether bill entries keep the body bytes and where they were flushed.</summary>
    public bool RecordBodies { get; init; }

    /// <summary>Bound of a recorded body in bytes; what comes after is sent and not kept.</summary>
    public int MaxRecordedBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>How many of the latest requests are kept; 0 keeps none.</summary>
    public int RecordedRequests { get; init; } = 4096;

    /// <summary>Whether bill entries are kept in memory. Off, only the file has them.</summary>
    public bool KeepBills { get; init; } = true;

    /// <summary>Output tokens of an answer that is neither scripted nor limited by the request, at least 1.</summary>
    public int DefaultOutputTokens { get; init; } = UsualOutputTokens;

    /// <summary>Wait before the headers of every metered answer.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Wait before every streamed event but the first.</summary>
    public TimeSpan ChunkDelay { get; init; }

    /// <summary>
    /// Whether a write waits until the operating system has the bytes, so that a scripted cut comes after exactly the
    /// bytes asked for. Off is a little faster, for load runs without cuts.
    /// </summary>
    public bool WriteThrough { get; init; } = true;

    /// <summary>Largest request body in bytes; larger ones get 413.</summary>
    public long MaxRequestBodyBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Clock for instants and waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
