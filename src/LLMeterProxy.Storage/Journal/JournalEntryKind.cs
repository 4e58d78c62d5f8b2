namespace LLMeterProxy.Storage.Journal;

/// <summary>The first payload byte of a journal entry. Values are on disk: never renumber.</summary>
public enum JournalEntryKind : byte
{
    /// <summary>A <see cref="Core.Ledger.UsageIntent"/>.</summary>
    Intent = 1,

    /// <summary>A <see cref="Core.Ledger.UsageRecord"/> with its chain fields.</summary>
    Record = 2,

    /// <summary>The 16 big-endian bytes of an attempt id of which nothing was sent.</summary>
    Void = 3,
}
