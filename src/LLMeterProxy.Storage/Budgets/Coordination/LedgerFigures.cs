using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>The figures of every slot and the position of every journal, from one snapshot of the ledger.</summary>
public sealed record LedgerFigures(
    IReadOnlyDictionary<string, SlotSnapshot> Slots, IReadOnlyDictionary<string, JournalPosition> Positions)
{
    public SlotSnapshot Of(string slot) => Slots.GetValueOrDefault(slot) ?? SlotSnapshot.Empty(slot);
}
