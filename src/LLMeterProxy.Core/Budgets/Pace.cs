namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// The generic cell rate algorithm: the one number is the instant at which everything taken so far is paid back at the
/// limit's pace. For a bucket of capacity c that is the same as its level: full when the instant has passed, empty when it
/// is c units of time ahead, negative beyond. Instants are nanoseconds; nothing ticks, so an idle pace costs nothing.
/// </summary>
internal struct Pace
{
    private const long NanosecondsPerMinute = 60_000_000_000;

    private Int128 _paidBackAt;

    /// <summary>How long until <paramref name="units"/> fit, zero or less where they fit now.</summary>
    /// <param name="now">Nanoseconds.</param>
    /// <param name="units">1 or more.</param>
    /// <param name="capacity">The burst in units; at least <paramref name="units"/>, else they never fit.</param>
    /// <param name="perMinute">More than 0.</param>
    public readonly Int128 Wait(long now, long units, long capacity, long perMinute) =>
        _paidBackAt - now - Worth((Int128)capacity - units, perMinute);

    /// <summary>Takes units without asking; negative gives back, never above the capacity.</summary>
    public void Take(long now, long units, long perMinute) =>
        _paidBackAt = Int128.Max(_paidBackAt, now) + Worth(units, perMinute);

    /// <summary>Keeps what is owed when the clock steps.</summary>
    public void Shift(long nanoseconds) => _paidBackAt += nanoseconds;

    // Rounded away from the caller's favour, so that no sum of small costs passes the limit.
    private static Int128 Worth(Int128 units, long perMinute)
    {
        var scaled = units * NanosecondsPerMinute;
        if (scaled >= 0 && scaled <= long.MaxValue - perMinute)
        {
            return ((long)scaled + perMinute - 1) / perMinute; // Division of Int128 is many times slower.
        }

        return scaled <= 0 ? scaled / perMinute : (scaled + perMinute - 1) / perMinute;
    }
}
