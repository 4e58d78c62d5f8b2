using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>Words the refusal of a budget, for every store alike.</summary>
public static class BudgetRefusal
{
    /// <param name="outcome">Too big, exhausted or in flight.</param>
    /// <param name="spent">Of the budget's window.</param>
    /// <param name="held">Of the budget's window, before this call; more than 0 where the outcome is in flight.</param>
    public static ReserveResult Of(ReserveOutcome outcome, AppliedBudget applied, NanoUsd amount, NanoUsd spent, NanoUsd held)
    {
        TimeSpan? retryAfter = outcome == ReserveOutcome.InFlight
            ? UntilRoom(amount.Value - (applied.Budget.Limit.Value - spent.Value - held.Value), held.Value)
            : null;
        return new ReserveResult(outcome, applied, spent, held, retryAfter);
    }

    // 1 to 30 s: the larger the part of the money in flight that has to settle first, the later.
    private static TimeSpan UntilRoom(long missing, long held) =>
        TimeSpan.FromSeconds(1 + (long)((Int128)29 * Math.Min(missing, held) / held));
}
