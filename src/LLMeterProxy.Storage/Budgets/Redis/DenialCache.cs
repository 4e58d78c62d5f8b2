using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>
/// Repeats for a moment that a budget is exhausted, so that a caller who does not give up costs nothing. Only for the same limit
/// and at least the amount that did not fit, and never longer than its lifetime from when it was answered: a repetition prolongs
/// nothing (A20).
/// </summary>
internal sealed class DenialCache(TimeSpan lifetime, TimeProvider time)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<BudgetWindowKey, Denial> _denials = new();

    public ReserveResult? Find(Reservation call)
    {
        if (_denials.IsEmpty)
        {
            return null;
        }

        for (var i = 0; i < call.Budgets.Count; i++)
        {
            var applied = call.Budgets[i];
            if (applied.Budget.Mode == BudgetMode.Hard && _denials.TryGetValue(applied.Key, out var denial) && denial.Covers(applied, call.Amount))
            {
                if (time.GetElapsedTime(denial.Since) < lifetime)
                {
                    return BudgetRefusal.Of(
                        call.Amount > applied.Budget.Limit ? ReserveOutcome.TooBig : ReserveOutcome.Exhausted, applied, call.Amount, denial.Spent, denial.Held);
                }

                _denials.TryRemove(applied.Key, out _);
            }
        }

        return null;
    }

    /// <summary>Keeps an exhausted answer.</summary>
    public void Add(in ReserveResult refusal, NanoUsd amount)
    {
        if (refusal is { Outcome: ReserveOutcome.Exhausted, Budget: { } applied })
        {
            if (_denials.Count >= Capacity)
            {
                _denials.Clear();
            }

            _denials[applied.Key] = new Denial(applied.Budget.Limit, amount, refusal.Spent, refusal.Held, time.GetTimestamp());
        }
    }

    /// <summary>Spend was given back.</summary>
    public void Remove(BudgetWindowKey key) => _denials.TryRemove(key, out _);

    private sealed record Denial(NanoUsd Limit, NanoUsd Amount, NanoUsd Spent, NanoUsd Held, long Since)
    {
        public bool Covers(AppliedBudget applied, NanoUsd amount) => applied.Budget.Limit == Limit && amount >= Amount;
    }
}
