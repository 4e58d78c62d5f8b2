namespace LLMeterProxy.Core.Ledger;

/// <summary>Where an entry ended in the journal: what a writer waits for under <c>Durability=PowerLoss</c>.</summary>
public readonly record struct JournalTicket(long Position);
