using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Ledger;

/// <summary>One group of a usage answer. <see cref="Requests"/> counts records but adjustments and free ones.</summary>
public sealed record UsageRow
{
    /// <summary>The group's values, in the order of <see cref="UsageQuery.GroupBy"/>; days as <c>2026-11-24</c>, hours as <c>2026-11-24T13:00</c> in the query's zone.</summary>
    public required IReadOnlyList<string> Group { get; init; }

    public long Requests { get; init; }

    public long InputTokens { get; init; }

    public long UncachedInputTokens { get; init; }

    public long CacheReadTokens { get; init; }

    public long CacheWrite5mTokens { get; init; }

    public long CacheWrite1hTokens { get; init; }

    public long OutputTokens { get; init; }

    public long ReasoningTokens { get; init; }

    public NanoUsd Cost { get; init; }

    public NanoUsd Billed { get; init; }

    public long EstimatedRequests { get; init; }

    public long UnpricedRequests { get; init; }
}
