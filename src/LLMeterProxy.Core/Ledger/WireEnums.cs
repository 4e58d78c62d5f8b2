using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Ledger;

/// <summary>The stable texts of the enums that records carry: in the journal, the API and the metrics alike.</summary>
public static class WireEnums
{
    public static string Text(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Completed => "completed",
        RequestOutcome.UpstreamError => "upstream_error",
        RequestOutcome.ClientAborted => "client_aborted",
        RequestOutcome.Truncated => "truncated",
        RequestOutcome.Timeout => "timeout",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    public static string Text(UsageSource source) => source switch
    {
        UsageSource.Reported => "reported",
        UsageSource.Estimated => "estimated",
        UsageSource.Partial => "partial",
        UsageSource.Free => "free",
        UsageSource.Unbilled => "unbilled",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    public static string Text(UsageChannel channel) => channel switch
    {
        UsageChannel.Proxy => "proxy",
        UsageChannel.Event => "event",
        UsageChannel.Adjustment => "adjustment",
        _ => throw new ArgumentOutOfRangeException(nameof(channel)),
    };

    /// <exception cref="FormatException">Unknown text.</exception>
    public static RequestOutcome Outcome(ReadOnlySpan<byte> text) => text switch
    {
        _ when text.SequenceEqual("completed"u8) => RequestOutcome.Completed,
        _ when text.SequenceEqual("upstream_error"u8) => RequestOutcome.UpstreamError,
        _ when text.SequenceEqual("client_aborted"u8) => RequestOutcome.ClientAborted,
        _ when text.SequenceEqual("truncated"u8) => RequestOutcome.Truncated,
        _ when text.SequenceEqual("timeout"u8) => RequestOutcome.Timeout,
        _ => throw new FormatException("Unknown outcome in a record."),
    };

    /// <exception cref="FormatException">Unknown text.</exception>
    public static UsageSource Source(ReadOnlySpan<byte> text) => text switch
    {
        _ when text.SequenceEqual("reported"u8) => UsageSource.Reported,
        _ when text.SequenceEqual("estimated"u8) => UsageSource.Estimated,
        _ when text.SequenceEqual("partial"u8) => UsageSource.Partial,
        _ when text.SequenceEqual("free"u8) => UsageSource.Free,
        _ when text.SequenceEqual("unbilled"u8) => UsageSource.Unbilled,
        _ => throw new FormatException("Unknown source in a record."),
    };

    /// <exception cref="FormatException">Unknown text.</exception>
    public static UsageChannel Channel(ReadOnlySpan<byte> text) => text switch
    {
        _ when text.SequenceEqual("proxy"u8) => UsageChannel.Proxy,
        _ when text.SequenceEqual("event"u8) => UsageChannel.Event,
        _ when text.SequenceEqual("adjustment"u8) => UsageChannel.Adjustment,
        _ => throw new FormatException("Unknown channel in a record."),
    };
}
