using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>Reads the answer of Scripts/reserve.lua in the words of the protocol.</summary>
internal static class ReserveReplies
{
    private const int Outcome = 2;
    private const int Index = 3;
    private const int Spent = 4;
    private const int Held = 5;
    private const int Wait = 6;
    private const int Shadows = 7;

    public static ReserveReply Parse(in ScriptReply reply, string slot, Reservation call)
    {
        if (!reply.IsOk)
        {
            return new ReserveReply(reply.Status, new ReserveEffect(new ReserveResult(ReserveOutcome.Unverifiable)), [], reply.Detail);
        }

        var outcome = (ReserveOutcome)reply.Number(Outcome);
        var budgets = Within(call.Budgets, slot);
        var result = outcome switch
        {
            ReserveOutcome.Granted => new ReserveResult(ReserveOutcome.Granted),
            ReserveOutcome.RequestRate or ReserveOutcome.TokenRate or ReserveOutcome.Concurrency =>
                RateRefusal.Of(outcome, Within(call.Limits, slot)[(int)reply.Number(Index) - 1], WaitOf(reply)),
            _ => BudgetRefusal.Of(
                outcome, budgets[(int)reply.Number(Index) - 1], call.Amount, new NanoUsd(reply.Number(Spent)), new NanoUsd(reply.Number(Held))),
        };

        var shadows = ShadowsOf(reply, budgets);
        var balances = new (BudgetWindowKey Key, BudgetBalance Balance)[budgets.Count];
        var at = Shadows + 1 + (shadows?.Count ?? 0);
        for (var i = 0; i < balances.Length; i++)
        {
            balances[i] = (
                budgets[i].Key,
                new BudgetBalance(new NanoUsd(reply.Number(at + (2 * i))), new NanoUsd(reply.Number(at + (2 * i) + 1))));
        }

        return new ReserveReply(ScriptStatus.Ok, new ReserveEffect(result, shadows), balances, null);
    }

    private static long WaitOf(in ScriptReply reply) => reply.Number(Wait) is >= 0 and var wait ? wait : RateRefusal.Never;

    private static List<Budget>? ShadowsOf(in ScriptReply reply, IReadOnlyList<AppliedBudget> budgets)
    {
        var count = (int)reply.Number(Shadows);
        if (count == 0)
        {
            return null;
        }

        var shadows = new List<Budget>(count);
        for (var i = 1; i <= count; i++)
        {
            shadows.Add(budgets[(int)reply.Number(Shadows + i) - 1].Budget);
        }

        return shadows;
    }

    // Nearly every call has all of its budgets in one slot, and then the list is taken as it is.
    private static IReadOnlyList<AppliedBudget> Within(IReadOnlyList<AppliedBudget> budgets, string slot)
    {
        List<AppliedBudget>? within = null;
        for (var i = 0; i < budgets.Count; i++)
        {
            if (!string.Equals(budgets[i].Slot, slot))
            {
                within ??= [.. budgets.Take(i)];
            }
            else
            {
                within?.Add(budgets[i]);
            }
        }

        return within ?? budgets;
    }

    private static IReadOnlyList<AppliedLimit> Within(IReadOnlyList<AppliedLimit> limits, string slot)
    {
        List<AppliedLimit>? within = null;
        for (var i = 0; i < limits.Count; i++)
        {
            if (!string.Equals(limits[i].Slot, slot))
            {
                within ??= [.. limits.Take(i)];
            }
            else
            {
                within?.Add(limits[i]);
            }
        }

        return within ?? limits;
    }
}
