using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>A limit in USD on what a scope spends in a window. Every applicable budget applies (A66).</summary>
public sealed record Budget
{
    /// <summary>
    /// Internal id (<c>bud_</c> and a UUIDv7 without dashes). A replacement that changes scope, models, window or anchor
    /// gets a new one, and so never inherits a counter that counted something else (A63).
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The owner; null for a global budget.</summary>
    public string? TenantId { get; init; }

    /// <summary>Unique under its owner; <c>[a-z0-9][a-z0-9._-]{0,62}</c>.</summary>
    public required string Name { get; init; }

    public BudgetScope Scope { get; init; } = BudgetScope.Tenant;

    /// <summary>Tenant id, key id, or <c>name=value</c>; empty for global.</summary>
    public required string ScopeId { get; init; }

    /// <summary>Canonical model ids, each may end in <c>*</c>; null means every model.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    public BudgetWindow Window { get; init; } = BudgetWindow.Month;

    /// <summary>Week: 1 (Monday) to 7; month: 1 to 31; null means 1; ignored otherwise.</summary>
    public int? Anchor { get; init; }

    /// <summary>0 means nothing is allowed (T110). At most 9,007,199 USD (design section 4).</summary>
    public required NanoUsd Limit { get; init; }

    public BudgetMode Mode { get; init; } = BudgetMode.Hard;

    /// <summary>The hold is a true upper bound, and what cannot be bounded is refused.</summary>
    public bool Strict { get; init; }

    public WhenShort WhenShort { get; init; }

    public MidStream MidStream { get; init; }

    /// <summary>Alert thresholds in percent of the limit, ascending.</summary>
    public IReadOnlyList<int> Thresholds { get; init; } = [50, 80, 95, 100];

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Raised by every change; the ETag of the admin API.</summary>
    public long Version { get; init; } = 1;
}
