using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>What a slot is set to by a rebuild or an opening: all from one snapshot of the ledger.</summary>
/// <param name="Counters">What each window has spent, nano-USD.</param>
/// <param name="Watermarks">How far <paramref name="Counters"/> contain each stream of settlements.</param>
/// <param name="Fenced">Incarnations that stay declared dead.</param>
public sealed record SlotSnapshot(
    string Slot,
    IReadOnlyList<(BudgetWindowKey Key, NanoUsd Spent)> Counters,
    IReadOnlyList<(string Tenant, string Incarnation, long Sequence)> Watermarks,
    IReadOnlyList<string> Fenced)
{
    public static SlotSnapshot Empty(string slot) => new(slot, [], [], []);
}
