using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// What a tenant may spend while the budget store cannot say what is left (policy <c>open</c>): calls pass without a hold up to a
/// ceiling for each outage and node, counted by what each could cost, and are metered and settled as ever. With N nodes the caps of such
/// a tenant are passed by N ceilings at most.
/// </summary>
/// <param name="settings">Has the ceiling where it is configured; else it is a hundredth of the smallest limit that applies.</param>
public sealed class OutageAllowance(GatewaySettings settings)
{
    private const int PartOfLimit = 100;

    // Only tenants in an outage: the store's first answer takes them out again.
    private readonly ConcurrentDictionary<string, long> _taken = new(StringComparer.Ordinal);

    /// <summary>True where the call may pass without a hold.</summary>
    public bool TryTake(Tenant tenant, ResolvedBudgets budgets, NanoUsd amount)
    {
        if (!IsOpen(tenant, budgets))
        {
            return false;
        }

        if (CeilingOf(budgets) is not { } ceiling)
        {
            return true;
        }

        while (true)
        {
            var taken = _taken.GetOrAdd(tenant.Id, 0);
            if (amount.Value > ceiling.Value - taken)
            {
                return false;
            }

            if (_taken.TryUpdate(tenant.Id, taken + amount.Value, taken))
            {
                return true;
            }
        }
    }

    /// <summary>The store answers again: the next outage has a ceiling of its own.</summary>
    public void End(string tenant)
    {
        if (!_taken.IsEmpty)
        {
            _taken.TryRemove(tenant, out _);
        }
    }

    // Rights that were granted beforehand do not exist in this version: a tenant that was stored with them is closed.
    private static bool IsOpen(Tenant tenant, ResolvedBudgets budgets) => tenant.OutagePolicy switch
    {
        OutagePolicy.Open => true,
        OutagePolicy.Auto => !budgets.HasHardCap,
        _ => false,
    };

    private NanoUsd? CeilingOf(ResolvedBudgets budgets)
    {
        NanoUsd? smallest = null;
        for (var i = 0; i < budgets.Budgets.Count; i++)
        {
            var budget = budgets.Budgets[i].Budget;
            if (budget.Mode != BudgetMode.Shadow && (smallest is null || budget.Limit < smallest))
            {
                smallest = budget.Limit;
            }
        }

        return smallest is { } limit ? settings.OutageOpenLimit ?? new NanoUsd(limit.Value / PartOfLimit) : null;
    }
}
