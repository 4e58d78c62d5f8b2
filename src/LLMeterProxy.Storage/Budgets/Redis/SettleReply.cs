using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>What a batch of settlements came to on one slot.</summary>
/// <param name="Effects">One of each settlement, in order.</param>
internal readonly record struct SettleReply(
    ScriptStatus Status, SettleReply.Effect[] Effects, IReadOnlyList<(BudgetWindowKey Key, BudgetBalance Balance)> Balances, string? Detail)
{
    /// <param name="HasEnded">A hold ended; <paramref name="Slots"/> are the other slots that held for the same call.</param>
    internal readonly record struct Effect(bool IsApplied, NanoUsd Overshoot, bool HasEnded, string[] Slots);
}
