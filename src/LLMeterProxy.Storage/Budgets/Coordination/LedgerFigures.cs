using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>The figures of every slot and the position of every journal, from one snapshot of the ledger.</summary>
public sealed record LedgerFigures(
    IReadOnlyDictionary<string, SlotFigures> Slots, IReadOnlyDictionary<string, JournalPosition> Positions)
{
    public SlotFigures Of(string slot) => Slots.GetValueOrDefault(slot, SlotFigures.None);
}
