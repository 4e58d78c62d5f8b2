namespace LLMeterProxy.Storage.Ledger;

/// <summary>The key of one row of the coarse rollups.</summary>
/// <param name="Quarters">The span: <see cref="Hour"/> or <see cref="SixHours"/>, in quarters of an hour.</param>
/// <param name="Bucket">The span's first quarter.</param>
internal readonly record struct CoarseKey(string Tenant, long Quarters, long Bucket, string Provider, string Model, string Operation)
{
    public const long Hour = 4;

    public const long SixHours = 24;

    public static CoarseKey Of(in RollupKey key, long quarters) =>
        new(key.Tenant, quarters, StartOf(key.Bucket, quarters), key.Provider, key.Model, key.Operation);

    /// <summary>The first quarter of the span that a quarter is in.</summary>
    public static long StartOf(long bucket, long quarters)
    {
        var rest = bucket % quarters;
        return rest < 0 ? bucket - rest - quarters : bucket - rest;
    }
}
