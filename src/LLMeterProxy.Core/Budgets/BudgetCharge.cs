using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>Adds the cost of a settlement to the counters of one slot that it names.</summary>
internal static class BudgetCharge
{
    /// <returns>By how much spend above a hard limit grew; the largest over the call's budgets, so that a dollar counts once.</returns>
    public static NanoUsd Of(BudgetSlot slot, Settlement settlement, BudgetHold? hold)
    {
        long overshoot = 0;
        var keys = settlement.Budgets;
        for (var i = 0; i < keys.Count; i++)
        {
            if (!string.Equals(keys[i].Slot, slot.Name))
            {
                continue;
            }

            var applied = hold is null ? null : Find(hold.Reservation.Budgets, keys[i], i);
            var counter = slot.Counter(keys[i]);
            var before = counter.Spent;
            counter.Spent = AddSpend(before, settlement.Cost.Value);
            if (applied is { Budget: { Mode: BudgetMode.Hard, Limit: var limit } })
            {
                overshoot = Math.Max(overshoot, counter.Spent - Math.Max(before, limit.Value));
            }
        }

        return new NanoUsd(overshoot);
    }

    // The intent lists its budgets in the reservation's order, so the guess is nearly always right.
    private static AppliedBudget? Find(IReadOnlyList<AppliedBudget> budgets, BudgetWindowKey key, int guess)
    {
        if (guess < budgets.Count && budgets[guess].Key == key)
        {
            return budgets[guess];
        }

        for (var i = 0; i < budgets.Count; i++)
        {
            if (budgets[i].Key == key)
            {
                return budgets[i];
            }
        }

        return null;
    }

    // A settlement must not fail: at the end of int64 a counter stays full rather than throw or wrap. A correction never
    // takes back more than was spent.
    private static long AddSpend(long spent, long cost) =>
        cost > long.MaxValue - spent ? long.MaxValue : Math.Max(0, spent + cost);
}
