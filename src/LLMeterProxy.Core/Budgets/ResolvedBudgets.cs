namespace LLMeterProxy.Core.Budgets;

/// <summary>Everything that one call is held against. Shared between calls and never changed.</summary>
public sealed class ResolvedBudgets
{
    /// <summary>The attributed tenant's, then those of an on-behalf key's owner, then global ones.</summary>
    public required IReadOnlyList<AppliedBudget> Budgets { get; init; }

    /// <summary>The counters of <see cref="Budgets"/>, in the same order: what intents, records and settlements carry.</summary>
    public required IReadOnlyList<BudgetWindowKey> Keys { get; init; }

    /// <summary>The tenant's limits, then the key's; none that are empty.</summary>
    public required IReadOnlyList<AppliedLimit> Limits { get; init; }

    /// <summary>Any budget is strict, so the one hold is an upper bound.</summary>
    public required bool Strict { get; init; }

    /// <summary>Any budget refuses.</summary>
    public required bool HasHardCap { get; init; }

    /// <summary>Every window contains the instants from here, UTC, inclusive …</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>… to here, exclusive.</summary>
    public required DateTimeOffset Until { get; init; }
}
