using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// Decides on a reservation in the refusal order: rate limits, then per budget too big, exhausted,
/// in flight; over all budgets the most final refusal wins. Changes nothing.
/// </summary>
internal static class ReserveDecision
{
    public static ReserveEffect Of(BudgetSlot slot, Reservation reservation) =>
        CheckLimits(slot, reservation) is { } refusal ? new ReserveEffect(refusal) : CheckBudgets(slot, reservation);

    private static ReserveResult? CheckLimits(BudgetSlot slot, Reservation reservation)
    {
        var limits = reservation.Limits;
        for (var i = 0; i < limits.Count; i++)
        {
            if (string.Equals(limits[i].Slot, slot.Name)
                && slot.Gate(limits[i].Scope).Check(limits[i], reservation.At, reservation.EstimatedTokens) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static ReserveEffect CheckBudgets(BudgetSlot slot, Reservation reservation)
    {
        var result = new ReserveResult(ReserveOutcome.Granted);
        List<Budget>? shadows = null;
        var budgets = reservation.Budgets;
        for (var i = 0; i < budgets.Count; i++)
        {
            var applied = budgets[i];
            if (!string.Equals(applied.Slot, slot.Name))
            {
                continue;
            }

            var refusal = Refusal(slot, applied, reservation.Amount.Value);
            if (refusal.IsGranted || applied.Budget.Mode == BudgetMode.Soft)
            {
                continue;
            }

            if (applied.Budget.Mode == BudgetMode.Shadow)
            {
                (shadows ??= []).Add(applied.Budget);
            }
            else if (ReserveEffect.Finality(refusal.Outcome) > ReserveEffect.Finality(result.Outcome))
            {
                result = refusal;
            }
        }

        return new ReserveEffect(result, result.IsGranted ? shadows : null);
    }

    // Subtracts from the limit rather than adding to the figures: no limit up to int64's maximum overflows (T110).
    private static ReserveResult Refusal(BudgetSlot slot, AppliedBudget applied, long amount)
    {
        // A free call spends nothing of any budget, so it passes an exhausted one, and a limit of nothing (A57).
        if (amount == 0)
        {
            return new ReserveResult(ReserveOutcome.Granted);
        }

        slot.Counters.TryGetValue(applied.Key, out var counter);
        var spent = counter?.Spent ?? 0;
        var held = counter?.Held ?? 0;
        var limit = applied.Budget.Limit.Value;
        _ = checked(held + amount); // Only a budget that never refuses can get there.
        var outcome = amount > limit ? ReserveOutcome.TooBig
            : amount > limit - spent ? ReserveOutcome.Exhausted
            : amount > limit - spent - held ? ReserveOutcome.InFlight
            : ReserveOutcome.Granted;
        if (outcome == ReserveOutcome.Granted)
        {
            return new ReserveResult(ReserveOutcome.Granted);
        }

        return BudgetRefusal.Of(outcome, applied, new NanoUsd(amount), new NanoUsd(spent), new NanoUsd(held));
    }
}
