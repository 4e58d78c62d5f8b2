namespace LLMeterProxy.Core.Ledger;

/// <summary>The place of an entry in the order of publication: what a writer waits for under <c>Durability=PowerLoss</c>.</summary>
public readonly record struct JournalTicket(long Ordinal);
