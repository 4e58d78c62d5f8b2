using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.AdminApi;

/// <summary>The cap of a tenant for which nobody has set one yet (A2).</summary>
public sealed record DefaultTenantCap(BudgetWindow Window, NanoUsd Limit, BudgetMode Mode)
{
    /// <summary>The name of the budget that it becomes.</summary>
    public const string BudgetName = "default";

    /// <param name="budgetId">A new id, see <see cref="Budget.Id"/>.</param>
    public Budget ToBudget(string tenantId, string budgetId, DateTimeOffset now) => new()
    {
        Id = budgetId,
        TenantId = tenantId,
        Name = BudgetName,
        ScopeId = tenantId,
        Window = Window,
        Limit = Limit,
        Mode = Mode,
        CreatedAt = now,
    };
}
