namespace LLMeterProxy.Core.Budgets;

/// <summary>Words the refusal of a rate limit, for every store alike.</summary>
public static class RateRefusal
{
    /// <summary>The wait, in microseconds, of a call that no waiting helps.</summary>
    public const long Never = long.MaxValue;

    /// <param name="outcome">One of the three rate refusals.</param>
    /// <param name="wait">Microseconds; more than 0, or anything for <see cref="ReserveOutcome.Concurrency"/>.</param>
    public static ReserveResult Of(ReserveOutcome outcome, AppliedLimit applied, long wait)
    {
        if (outcome == ReserveOutcome.Concurrency)
        {
            // Nobody knows when a call ends; a second is short beside any call and long beside a retry storm.
            TimeSpan? second = applied.Limits.Concurrent <= 0 ? null : TimeSpan.FromSeconds(1);
            return new ReserveResult(outcome, RetryAfter: second, Limit: applied);
        }

        // Limits of nothing, and estimates above the bucket: no wait helps.
        TimeSpan? retryAfter = wait > 365 * (TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond)
            ? null
            : TimeSpan.FromTicks(wait * TimeSpan.TicksPerMicrosecond);
        return new ReserveResult(outcome, RetryAfter: retryAfter, Limit: applied);
    }
}
