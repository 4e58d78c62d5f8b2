using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>What the ledger says of one slot at one instant: counters, and up to where they contain each stream of settlements.</summary>
public sealed record SlotFigures(
    IReadOnlyList<(BudgetWindowKey Key, NanoUsd Spent)> Counters,
    IReadOnlyList<(string Stream, string Incarnation, long Sequence)> Watermarks)
{
    public static readonly SlotFigures None = new([], []);
}
