namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>Opens a slot that has no state yet, from the ledger, where the ledger says that it is new in this epoch.</summary>
public interface ISlotOpener
{
    /// <summary>
    /// Sets the slot's state where it is absent, and notes in the ledger that it was opened in this epoch; nothing where that is
    /// noted. Of several nodes that find the slot absent, each returns only once the slot is there, whoever set it: a slot that
    /// is absent after this was lost, and only a rebuild helps.
    /// </summary>
    ValueTask OpenAsync(string slot, long epoch, CancellationToken cancellationToken);
}
