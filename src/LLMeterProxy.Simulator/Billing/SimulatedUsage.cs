namespace LLMeterProxy.Simulator.Billing;

/// <summary>Tokens of one call in classes that do not overlap but for <see cref="Reasoning"/>.</summary>
/// <param name="Uncached">Input tokens at the full input price.</param>
/// <param name="Cached">Input tokens read from a cache.</param>
/// <param name="CacheWrite5m">Input tokens written to a five-minute cache.</param>
/// <param name="CacheWrite1h">Input tokens written to a one-hour cache.</param>
/// <param name="Output">All output tokens, reasoning included.</param>
/// <param name="Reasoning">The part of <paramref name="Output"/> that was reasoning.</param>
/// <param name="SearchUnits">Searches that a rerank is billed by, each of up to a hundred documents.</param>
public readonly record struct SimulatedUsage(long Uncached, long Cached, long CacheWrite5m, long CacheWrite1h, long Output, long Reasoning, long SearchUnits = 0)
{
    /// <summary>All input tokens, of every class.</summary>
    public long Input => Uncached + Cached + CacheWrite5m + CacheWrite1h;

    /// <summary>Output tokens that the caller can see.</summary>
    public long Visible => Output - Reasoning;
}
