namespace LLMeterProxy.Storage.Ledger;

/// <summary>What became of a journal whose node does not run any more.</summary>
/// <param name="NodeId">The node that wrote it.</param>
/// <param name="Shipped">Records that were read and are in the ledger now; some may have been there before.</param>
/// <param name="Charged">Calls that were under way when their process died, and are charged by an estimate now.</param>
/// <param name="Conflicts">Entries that were set aside: they contradict a stored record, or cannot be read.</param>
public sealed record AdoptedJournal(string NodeId, long Shipped, int Charged, long Conflicts);
