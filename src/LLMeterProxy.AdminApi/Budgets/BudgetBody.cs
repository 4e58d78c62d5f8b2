using LLMeterProxy.AdminApi.Http;

namespace LLMeterProxy.AdminApi.Budgets;

/// <summary>What a caller says about a budget. A PUT replaces the whole: what is absent takes its default.</summary>
public sealed record BudgetBody
{
    /// <summary><c>tenant</c>, <c>key</c> or <c>tag</c> under a tenant, <c>global</c> otherwise; default <c>tenant</c> and <c>global</c>.</summary>
    public string? Scope { get; init; }

    /// <summary>The key's id, or <c>name=value</c> of a tag; default: the path's tenant.</summary>
    public string? ScopeId { get; init; }

    /// <summary>Canonical model ids, each may end in <c>*</c>; absent means every model.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Required: <c>day</c>, <c>week</c>, <c>month</c> or <c>total</c>.</summary>
    public string? Window { get; init; }

    /// <summary>Week: 1 (Monday, default) to 7. Month: 1 (default) to 31, clamped to the month's end. Not for day and total.</summary>
    public int? Anchor { get; init; }

    /// <summary>Required: USD as a decimal string, 0 (nothing is allowed) to 9007199.</summary>
    public UsdAmount? LimitUsd { get; init; }

    /// <summary><c>hard</c> (default), <c>soft</c> or <c>shadow</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Holds are true upper bounds; what cannot be bounded is refused. Default false.</summary>
    public bool? Strict { get; init; }

    /// <summary><c>reject</c> (default) or <c>clamp</c>.</summary>
    public string? WhenShort { get; init; }

    /// <summary><c>none</c> (default) or <c>cut</c>.</summary>
    public string? MidStream { get; init; }

    /// <summary>Alerts in percent of the limit, ascending, each 1 to 1000. Default 50, 80, 95, 100.</summary>
    public IReadOnlyList<int>? Thresholds { get; init; }
}
