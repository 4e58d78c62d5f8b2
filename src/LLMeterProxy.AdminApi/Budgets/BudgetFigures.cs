using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Budgets;

/// <summary>Reads what the enforcement holds for a budget in its current window.</summary>
public sealed class BudgetFigures(IBudgetStore budgets, IBudgetWindows windows, TimeProvider time)
{
    /// <param name="tenant">The owner; null for a global budget.</param>
    public async ValueTask<BudgetResponse> OfAsync(Tenant? tenant, Budget budget, CancellationToken cancellationToken)
    {
        var window = windows.Current(tenant, budget, time.GetUtcNow());
        var balance = await budgets.ReadAsync(
            new BudgetWindowKey(tenant?.Id ?? AppliedBudget.GlobalSlot, budget.Id, window.Id), cancellationToken);
        return new BudgetResponse(
            budget.Name,
            budget.Id,
            budget.TenantId,
            WireNames<BudgetScope>.Of(budget.Scope),
            budget.ScopeId.Length == 0 ? null : budget.ScopeId,
            budget.Models,
            WireNames<BudgetWindow>.Of(budget.Window),
            budget.Anchor,
            budget.Limit.ToUsdString(),
            WireNames<BudgetMode>.Of(budget.Mode),
            budget.Strict,
            WireNames<WhenShort>.Of(budget.WhenShort),
            WireNames<MidStream>.Of(budget.MidStream),
            budget.Thresholds,
            balance.Spent.ToUsdString(),
            balance.Held.ToUsdString(),
            NanoUsd.Max(NanoUsd.Zero, budget.Limit - balance.Spent - balance.Held).ToUsdString(),
            budget.Window == BudgetWindow.Total ? budget.CreatedAt : window.Start,
            budget.Window == BudgetWindow.Total ? null : window.End,
            budget.CreatedAt,
            budget.Version);
    }

    /// <summary>All of these, by name.</summary>
    /// <param name="tenant">Their owner; null for global ones.</param>
    public async Task<IReadOnlyList<BudgetResponse>> OfAllAsync(Tenant? tenant, IEnumerable<Budget> owned, CancellationToken cancellationToken)
    {
        var answers = new List<BudgetResponse>();
        foreach (var budget in owned.OrderBy(b => b.Name, StringComparer.Ordinal))
        {
            answers.Add(await OfAsync(tenant, budget, cancellationToken));
        }

        return answers;
    }
}
