namespace LLMeterProxy.Storage.Ledger;

/// <summary>
/// Quarters of an hour since the Unix epoch: the coarsest grain from which the days of every zone in use can be summed,
/// those at +5:30 and +5:45 too.
/// </summary>
internal static class RollupBucket
{
    public const long Milliseconds = 15 * 60 * 1000;

    public static long Of(DateTimeOffset instant) => Math.DivRem(instant.ToUnixTimeMilliseconds(), Milliseconds) switch
    {
        (var bucket, < 0) => bucket - 1,
        (var bucket, _) => bucket,
    };

    /// <summary>The first bucket that begins at or after <paramref name="instant"/>.</summary>
    public static long AtOrAfter(DateTimeOffset instant) =>
        instant > DateTimeOffset.MaxValue.AddHours(-1) ? long.MaxValue : Of(instant.AddMilliseconds(Milliseconds).AddTicks(-1));
}
