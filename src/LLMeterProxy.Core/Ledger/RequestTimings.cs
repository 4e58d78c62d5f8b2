namespace LLMeterProxy.Core.Ledger;

/// <summary>The times of one attempt; durations in microseconds from the arrival of the request, null where not reached.</summary>
/// <param name="StartedAt">UTC, the arrival of the request.</param>
/// <param name="DispatchedMicros">The attempt left.</param>
/// <param name="FirstByteMicros">The first body byte came: TTFT for a stream.</param>
/// <param name="CompletedMicros">The record was made.</param>
public sealed record RequestTimings(DateTimeOffset StartedAt, long? DispatchedMicros, long? FirstByteMicros, long CompletedMicros)
{
    /// <summary>UTC: the instant whose prices hold for the attempt; its arrival where it was never dispatched.</summary>
    public DateTimeOffset DispatchInstant() => StartedAt.AddTicks((DispatchedMicros ?? 0) * TimeSpan.TicksPerMicrosecond);
}
