namespace LLMeterProxy.AdminApi.Budgets;

/// <summary>One budget as a key's holder sees it. Money is USD as decimal strings, instants are UTC.</summary>
/// <param name="ResetsAt">Null for <c>total</c>.</param>
public sealed record OwnBudget(
    string Name,
    string Scope,
    IReadOnlyList<string>? Models,
    string Window,
    string Mode,
    string LimitUsd,
    string SpentUsd,
    string HeldUsd,
    string RemainingUsd,
    DateTimeOffset WindowStart,
    DateTimeOffset? ResetsAt)
{
    internal static OwnBudget Of(BudgetResponse b) => new(
        b.Name, b.Scope, b.Models, b.Window, b.Mode, b.LimitUsd, b.SpentUsd, b.HeldUsd, b.RemainingUsd, b.WindowStart, b.ResetsAt);
}
