namespace LLMeterProxy.Simulator.Billing;

/// <summary>Prices of one model in USD per million tokens.</summary>
internal sealed record ListPrice(decimal Input, decimal Output, decimal? Cached = null, decimal? CacheWrite5m = null, decimal? CacheWrite1h = null)
{
    /// <summary>Input size in tokens, cached ones included, above which <see cref="LongContext"/> applies to the whole call.</summary>
    public long? LongContextAbove { get; init; }

    public ListPrice? LongContext { get; init; }

    /// <summary>USD for each call, whatever its tokens.</summary>
    public decimal Call { get; init; }

    /// <summary>USD for each search unit.</summary>
    public decimal SearchUnit { get; init; }

    public ListPrice? Flex { get; init; }

    public ListPrice? Priority { get; init; }

    /// <summary>Exact cost in nano-USD, not rounded. An unlisted cache class is charged as plain input.</summary>
    public decimal NanoUsd(in SimulatedUsage usage) =>
        (1_000_000_000m * (Call + (usage.SearchUnits * SearchUnit)))
        + (1000m * ((usage.Uncached * Input)
            + (usage.Cached * (Cached ?? Input))
            + (usage.CacheWrite5m * (CacheWrite5m ?? Input))
            + (usage.CacheWrite1h * (CacheWrite1h ?? CacheWrite5m ?? Input))
            + (usage.Output * Output)));
}
