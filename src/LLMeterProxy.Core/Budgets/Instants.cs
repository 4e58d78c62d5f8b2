namespace LLMeterProxy.Core.Budgets;

/// <summary>Instants as the integers that the budget protocol carries: exact in a double, which is all that a script has.</summary>
public static class Instants
{
    /// <summary>Whole microseconds since 1970, UTC, rounded down.</summary>
    public static long Microseconds(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Whole milliseconds since 1970, UTC, rounded down.</summary>
    public static long Milliseconds(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    /// <summary>The instant of <see cref="Microseconds"/>.</summary>
    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
