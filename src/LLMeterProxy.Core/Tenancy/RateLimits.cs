namespace LLMeterProxy.Core.Tenancy;

/// <summary>Rate limits of a tenant or a key. Null means no limit, 0 means nothing is allowed (T110).</summary>
/// <param name="RequestsPerMinute">GCRA with a burst of a sixth of the limit.</param>
/// <param name="TokensPerMinute">Bucket: body bytes / 4 at admission, the rest at settlement.</param>
/// <param name="Concurrent">Live holds.</param>
public sealed record RateLimits(long? RequestsPerMinute = null, long? TokensPerMinute = null, long? Concurrent = null)
{
    public static readonly RateLimits None = new();

    public bool IsEmpty => RequestsPerMinute is null && TokensPerMinute is null && Concurrent is null;
}
