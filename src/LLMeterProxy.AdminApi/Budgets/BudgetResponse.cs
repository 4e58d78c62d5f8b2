namespace LLMeterProxy.AdminApi.Budgets;

/// <summary>A budget with the figures of the enforcement itself (A16). Money is USD as decimal strings.</summary>
/// <param name="Id">Changes when scope, models, window or anchor do: the budget then counts anew.</param>
/// <param name="SpentUsd">Settled in the current window; may exceed the limit.</param>
/// <param name="HeldUsd">Reserved by calls in flight.</param>
/// <param name="RemainingUsd">Limit less spent less held, at least 0.</param>
/// <param name="WindowStart">UTC; the creation for <c>total</c>.</param>
/// <param name="ResetsAt">UTC; null for <c>total</c>.</param>
/// <param name="Version">The entity tag is this number in quotes.</param>
public sealed record BudgetResponse(
    string Name,
    string Id,
    string? Tenant,
    string Scope,
    string? ScopeId,
    IReadOnlyList<string>? Models,
    string Window,
    int? Anchor,
    string LimitUsd,
    string Mode,
    bool Strict,
    string WhenShort,
    string MidStream,
    IReadOnlyList<int> Thresholds,
    string SpentUsd,
    string HeldUsd,
    string RemainingUsd,
    DateTimeOffset WindowStart,
    DateTimeOffset? ResetsAt,
    DateTimeOffset CreatedAt,
    long Version);
