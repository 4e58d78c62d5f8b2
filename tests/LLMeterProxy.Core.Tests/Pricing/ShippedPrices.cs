using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>The shipped book, and short ways to write a usage and to price it.</summary>
internal static class ShippedPrices
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static PriceBook Book { get; } = PriceBookSource.FromEmbedded().Current;

    /// <summary>A usage whose parts are given disjoint; the totals follow.</summary>
    public static TokenUsage Tokens(long uncached = 0, long read = 0, long write5m = 0, long write1h = 0, long output = 0, long reasoning = 0) => new()
    {
        InputTokens = uncached + read + write5m + write1h,
        UncachedInputTokens = uncached,
        CacheReadTokens = read,
        CacheWrite5mTokens = write5m,
        CacheWrite1hTokens = write1h,
        OutputTokens = output,
        ReasoningTokens = reasoning,
    };

    public static UsageReport Report(TokenUsage usage, string? tier = null, string? speed = null, string? geo = null) =>
        new() { Usage = usage, IsFinal = true, ServiceTier = tier, Speed = speed, InferenceGeo = geo };

    public static Cost Price(string provider, string model, UsageReport report, DateTimeOffset? at = null, bool preferProviderCost = false) =>
        Pricer.Price(Book, Book.Resolve(provider, model), report, at ?? Now, preferProviderCost);

    /// <summary>The cost in USD; also checks that the lines sum to it.</summary>
    public static decimal? Usd(string provider, string model, UsageReport report, DateTimeOffset? at = null)
    {
        var cost = Price(provider, model, report, at);
        Assert.Equal(cost.Total?.Value ?? 0, cost.Lines.Sum(l => l.Cost.Value));
        return cost.Total?.ToUsd();
    }

    public static RateCard Card(string provider, string model, DateTimeOffset? at = null) => Book.Resolve(provider, model)!.At(at ?? Now)!;
}
