namespace LLMeterProxy.Core.Usage;

/// <summary>
/// What the provider says one call consumed, normalised so that all providers mean the same.
/// Totals: <c>InputTokens = UncachedInputTokens + CacheReadTokens + CacheWrite5mTokens + CacheWrite1hTokens</c> and
/// <c>OutputTokens</c> with reasoning included. The audio and image figures are subsets of their direction, never additions.
/// All figures are tokens, 0 or more. Where the provider contradicts itself (cached above input) the totals stay as
/// reported, uncached is clamped to 0 and the record carries <see cref="UsageFlags.UsageInconsistent"/>.
/// </summary>
public sealed record TokenUsage
{
    public static readonly TokenUsage None = new();

    public long InputTokens { get; init; }

    public long UncachedInputTokens { get; init; }

    public long CacheReadTokens { get; init; }

    /// <summary>Written to a cache that lives five minutes, or whose life the provider does not state.</summary>
    public long CacheWrite5mTokens { get; init; }

    public long CacheWrite1hTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>Subset of <see cref="OutputTokens"/>.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>Subset of <see cref="InputTokens"/>.</summary>
    public long AudioInputTokens { get; init; }

    /// <summary>Subset of <see cref="CacheReadTokens"/>.</summary>
    public long AudioCacheReadTokens { get; init; }

    /// <summary>Subset of <see cref="OutputTokens"/>.</summary>
    public long AudioOutputTokens { get; init; }

    /// <summary>Subset of <see cref="InputTokens"/>.</summary>
    public long ImageInputTokens { get; init; }

    /// <summary>Subset of <see cref="OutputTokens"/>.</summary>
    public long ImageOutputTokens { get; init; }

    /// <summary>
    /// Where the provider ran its model several times within the call (Anthropic's server-tool loops) and says so: the input of
    /// the largest run, cache included. The steps of a price by context length are chosen by it, because each run is a request
    /// to the model of its own and the totals are their sum. 0 where there was one run, or the provider does not say.
    /// </summary>
    public long LargestRunInputTokens { get; init; }

    /// <summary>What is billed but is not tokens: searches, images, seconds, characters. Never null.</summary>
    public IReadOnlyList<UnitCount> Units { get; init; } = [];
}
