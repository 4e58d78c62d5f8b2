using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>The figures of Anthropic usage as they stand, later ones laid over earlier ones. Null is not stated.</summary>
internal sealed class AnthropicCounts
{
    public AnthropicCounts(AnthropicCounts? under)
    {
        if (under is null)
        {
            return;
        }

        Input = under.Input;
        CacheRead = under.CacheRead;
        CacheWrite = under.CacheWrite;
        CacheWrite5m = under.CacheWrite5m;
        CacheWrite1h = under.CacheWrite1h;
        Output = under.Output;
        Thinking = under.Thinking;
        WebSearches = under.WebSearches;
        ServiceTier = under.ServiceTier;
        Speed = under.Speed;
        InferenceGeo = under.InferenceGeo;
        Cost = under.Cost;
        UpstreamCost = under.UpstreamCost;
        IsByok = under.IsByok;
        Iterations = under.Iterations;
        HasUnknownNumber = under.HasUnknownNumber;
    }

    public long? Input { get; set; }

    public long? CacheRead { get; set; }

    /// <summary>All that was written; the split by life says how it divides and adds nothing.</summary>
    public long? CacheWrite { get; set; }

    public long? CacheWrite5m { get; set; }

    public long? CacheWrite1h { get; set; }

    public long? Output { get; set; }

    public long? Thinking { get; set; }

    public long? WebSearches { get; set; }

    public string? ServiceTier { get; set; }

    public string? Speed { get; set; }

    public string? InferenceGeo { get; set; }

    /// <summary>USD, as OpenRouter states it.</summary>
    public decimal? Cost { get; set; }

    /// <summary>USD, paid to the upstream with the caller's own key.</summary>
    public decimal? UpstreamCost { get; set; }

    public bool IsByok { get; set; }

    public IReadOnlyList<AnthropicIteration> Iterations { get; set; } = [];

    public bool HasUnknownNumber { get; set; }

    public UsageReading Normalise()
    {
        var usage = Tokens(out var inconsistent);
        usage = LargestRun(usage) is var largest and > 0 ? usage with { LargestRunInputTokens = largest } : usage;
        // With the caller's own key the spend is the upstream's, and OpenRouter's own charge is its fee.
        var cost = IsByok && UpstreamCost is not null ? UpstreamCost + (Cost ?? 0) : Cost;
        return new UsageReading(usage)
        {
            ServiceTier = ServiceTier,
            Speed = Speed,
            InferenceGeo = InferenceGeo,
            ProviderCost = cost is >= 0 and <= 9_000_000 ? NanoUsd.FromUsd(cost.Value) : null,
            Extra = ExtraUsages(out var served),
            Model = served,
            IsInconsistent = inconsistent,
            HasUnknownNumber = HasUnknownNumber,
        };
    }

    private TokenUsage Tokens(out bool inconsistent)
    {
        var output = Output ?? 0;
        var thinking = Thinking ?? 0;
        var longLived = CacheWrite1h ?? 0;
        var split = longLived + (CacheWrite5m ?? 0);

        // Without a split, or beside one that covers less, the rest is of the short kind, which is the default.
        var written = Math.Max(CacheWrite ?? split, split);
        inconsistent = thinking > output || (CacheWrite is { } total && split > total);
        var uncached = Input ?? 0;
        var read = CacheRead ?? 0;
        return new TokenUsage
        {
            InputTokens = uncached + read + written,
            UncachedInputTokens = uncached,
            CacheReadTokens = read,
            CacheWrite5mTokens = written - longLived,
            CacheWrite1hTokens = longLived,
            OutputTokens = output,
            ReasoningTokens = Math.Min(thinking, output),
            Units = WebSearches is > 0 ? [new UnitCount(UnitNames.WebSearch, WebSearches.Value)] : [],
        };
    }

    // 0 where one run is all there was.
    private long LargestRun(TokenUsage usage)
    {
        long largest = 0;
        foreach (var iteration in Iterations)
        {
            if (iteration.Type is null or "message" or "fallback_message")
            {
                largest = Math.Max(largest, iteration.Counts.Tokens(out _).InputTokens);
            }
        }

        return largest < usage.InputTokens ? largest : 0;
    }

    // Iterations of a server-tool loop are in the totals already. Compaction and advisor are beside them, and so is a hop that
    // declined before the fallback that served; then the last hop's model is the one to price by.
    private List<ExtraUsage> ExtraUsages(out string? served)
    {
        served = null;
        var extra = new List<ExtraUsage>();
        var hasFallback = false;
        foreach (var iteration in Iterations)
        {
            if (iteration.Type is "fallback_message")
            {
                hasFallback = true;
                served = iteration.Model ?? served;
            }
        }

        foreach (var iteration in Iterations)
        {
            if (iteration.Type is "compaction" or "advisor_message")
            {
                extra.Add(new ExtraUsage(iteration.Type, iteration.Model, iteration.Counts.Tokens(out _)));
            }
            else if (hasFallback && iteration.Type is "message")
            {
                extra.Add(new ExtraUsage("declined_hop", iteration.Model, iteration.Counts.Tokens(out _)));
            }
        }

        return extra;
    }
}
