namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// The time of day as the counter store has it, so that replicas whose clocks differ draw the same windows. Timers and
/// measured times are the machine's own.
/// </summary>
public sealed class StoreClock(TimeProvider inner) : TimeProvider
{
    // Below this the measurement is mostly the network's.
    private static readonly TimeSpan _tolerated = TimeSpan.FromMilliseconds(50);

    private long _offsetTicks;

    /// <summary>What is added to the machine's time of day.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref _offsetTicks));

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow().AddTicks(Interlocked.Read(ref _offsetTicks));

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);

    /// <summary>Takes a measurement.</summary>
    /// <param name="difference">The store's time less this clock's.</param>
    /// <param name="uncertainty">How wrong the measurement may be; such a difference moves nothing.</param>
    /// <returns>True where the clock was moved.</returns>
    public bool Correct(TimeSpan difference, TimeSpan uncertainty = default)
    {
        if (difference.Duration() <= _tolerated || difference.Duration() <= uncertainty)
        {
            return false;
        }

        Interlocked.Add(ref _offsetTicks, difference.Ticks);
        return true;
    }
}
