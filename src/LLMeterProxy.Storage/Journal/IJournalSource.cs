namespace LLMeterProxy.Storage.Journal;

/// <summary>The reading side of a journal: what the shipper consumes. One reader at a time.</summary>
public interface IJournalSource
{
    /// <summary>The node that wrote the journal: stable over restarts; with <see cref="JournalPosition"/> it names a place for ever.</summary>
    string NodeId { get; }

    /// <summary>Where the next append will go: everything before it is published or will be at once.</summary>
    JournalPosition End { get; }

    /// <summary>
    /// Reads the next published entry at or after <paramref name="from"/>, over segment borders and over holes that a dead
    /// writer left. False where there is none yet: call again later with the same position.
    /// </summary>
    bool TryRead(JournalPosition from, out JournalEntry entry);

    /// <summary>
    /// No entry lies between the two places and none is being written there: all that is left there, if anything, are the unused
    /// ends of full segments. A false answer may be passing; a true one is final.
    /// </summary>
    /// <param name="from">Where an entry ends, as <see cref="JournalEntry.Next"/> says, or the start.</param>
    /// <param name="to">An <see cref="End"/> that was read before.</param>
    bool IsEmpty(JournalPosition from, JournalPosition to);

    /// <summary>The ledger has everything before <paramref name="shipped"/>: segments before it may be deleted once no open intent is in them.</summary>
    void Shipped(JournalPosition shipped);
}
