namespace LLMeterProxy.Gateway.Route;

/// <summary>One API key of a provider and its health. Marks are advice: the last credential of a pool is always tried.</summary>
public sealed class UpstreamCredential(string secret)
{
    private long _restsUntil;

    /// <summary>Never logged, never in an answer.</summary>
    internal string Secret { get; } = secret;

    internal string Bearer { get; } = "Bearer " + secret;

    /// <param name="now">A <see cref="TimeProvider.GetTimestamp"/> value.</param>
    internal bool IsRested(long now) => now >= Volatile.Read(ref _restsUntil);

    internal void RestUntil(long timestamp) => Volatile.Write(ref _restsUntil, timestamp);

    /// <summary>Never the secret.</summary>
    public override string ToString() => "UpstreamCredential";
}
