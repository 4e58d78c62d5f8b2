namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// The generic cell rate algorithm: the one number is the instant at which everything taken so far is paid back at the
/// limit's pace. For a bucket of capacity c that is the same as its level: full when the instant has passed, empty when it
/// is c units of time ahead, negative beyond. Instants are microseconds; nothing ticks, so an idle pace costs nothing.
/// <para>
/// Every figure is an integer below 2^53 in magnitude, so that a store whose numbers are doubles computes the same to the
/// digit. That is what the bounds below are for; they are far from any real limit.
/// </para>
/// </summary>
internal struct Pace
{
    /// <summary>A call never takes or gives back more units than this at once.</summary>
    public const long MostUnits = 150_000_000;

    /// <summary>A limit above this many units a minute is this.</summary>
    public const long HighestPerMinute = 1L << 52;

    /// <summary>Nobody is ever further behind than this: 31 years, which is as good as for ever.</summary>
    public const long LongestDebt = 1_000_000_000_000_000;

    public const long MicrosecondsPerMinute = 60_000_000;

    private long _paidBackAt;

    /// <summary>Microseconds since 1970.</summary>
    public readonly long PaidBackAt => _paidBackAt;

    /// <summary>How long until <paramref name="units"/> fit into a bucket of one minute's units; zero or less where they fit now.</summary>
    /// <param name="now">Microseconds since 1970.</param>
    /// <param name="units">1 or more; at most <paramref name="perMinute"/>, else they never fit.</param>
    /// <param name="perMinute">More than 0.</param>
    public readonly long WaitForMinute(long now, long units, long perMinute) =>
        _paidBackAt - now - (MicrosecondsPerMinute - (Math.Min(units, MostUnits) * MicrosecondsPerMinute / Bounded(perMinute)));

    /// <summary>How long until one unit fits into a burst of a sixth of the limit, or of one where that is less.</summary>
    /// <param name="now">Microseconds since 1970.</param>
    /// <param name="perMinute">More than 0.</param>
    public readonly long WaitForBurst(long now, long perMinute)
    {
        var pace = Math.Min(perMinute, MostUnits * 4);
        return _paidBackAt - now - Worth(Math.Max(1, pace / 6) - 1, pace);
    }

    /// <summary>Takes units without asking; negative gives back, never above the capacity.</summary>
    public void Take(long now, long units, long perMinute) => _paidBackAt = Math.Min(
        Math.Max(_paidBackAt, now) + Worth(Math.Clamp(units, -MostUnits, MostUnits), Bounded(perMinute)),
        now + LongestDebt);

    /// <summary>Keeps what is owed when the clock steps.</summary>
    public void Shift(long microseconds) => _paidBackAt += microseconds;

    private static long Bounded(long perMinute) => Math.Min(perMinute, HighestPerMinute);

    // Rounded away from the caller's favour, so that no sum of small costs passes the limit.
    private static long Worth(long units, long perMinute)
    {
        var scaled = units * MicrosecondsPerMinute;
        var quotient = scaled / perMinute;
        return scaled > 0 && scaled % perMinute != 0 ? quotient + 1 : quotient;
    }
}
