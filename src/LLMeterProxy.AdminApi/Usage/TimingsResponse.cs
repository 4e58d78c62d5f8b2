using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>Durations are microseconds from the arrival of the request; null where not reached.</summary>
/// <param name="StartedAt">UTC, the arrival.</param>
/// <param name="FirstByteMicros">The time to the first token for a stream.</param>
public sealed record TimingsResponse(DateTimeOffset StartedAt, long? DispatchedMicros, long? FirstByteMicros, long CompletedMicros)
{
    internal static TimingsResponse Of(RequestTimings timings) =>
        new(timings.StartedAt, timings.DispatchedMicros, timings.FirstByteMicros, timings.CompletedMicros);
}
