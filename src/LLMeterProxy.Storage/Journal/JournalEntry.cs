namespace LLMeterProxy.Storage.Journal;

/// <summary>One entry as read back.</summary>
/// <param name="Payload">Without the kind byte; a copy that the reader owns.</param>
/// <param name="Next">The position after the entry: where a reader goes on.</param>
public readonly record struct JournalEntry(JournalEntryKind Kind, ReadOnlyMemory<byte> Payload, JournalPosition Next);
