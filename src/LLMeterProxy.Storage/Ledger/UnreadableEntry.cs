using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>A journal entry of intact bytes that is no usage record of this program: kept aside, so that it stops nobody and is not lost.</summary>
/// <param name="After">The position after the entry.</param>
public readonly record struct UnreadableEntry(ReadOnlyMemory<byte> Payload, JournalPosition After);
