using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>The writing side of the ledger, and what a node reads of it to get going. The same on every engine. Calls block.</summary>
public interface ILedgerStore : IUsageLedger
{
    /// <summary>Names this ledger for ever: a counter store refuses to be fed by another one.</summary>
    /// <exception cref="InvalidOperationException">The schema was not brought up to date yet.</exception>
    string LedgerId { get; }

    /// <summary>What <see cref="IUsageLedger.FlushAsync"/> awaits: the shipper's flush. Null: there is no journal to flush.</summary>
    Func<CancellationToken, Task>? FlushHook { get; set; }

    /// <summary>The database, for what shares its transactions: tenancy, the coordination of nodes.</summary>
    ILedgerDatabase Database { get; }

    /// <summary>
    /// Writes a batch in one transaction: the records, what they add up to, what they mean to the counters beside their own
    /// streams, and how far the node's journal is shipped. A batch that is in the ledger already changes nothing.
    /// </summary>
    /// <param name="unreadable">Entries of the same stretch that are no records; kept aside.</param>
    /// <param name="position">The position after the batch; one before the stored position is not taken back.</param>
    /// <exception cref="LedgerUnavailableException">The batch may be in the ledger or not: append it again.</exception>
    InsertResult Append(
        string nodeId,
        IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records,
        IReadOnlyList<UnreadableEntry> unreadable,
        JournalPosition position);

    /// <summary>
    /// Counts usage that was reported and not seen, in one transaction with the claims of the events' ids, so that each counts once
    /// however often it is sent and to whichever node.
    /// </summary>
    /// <returns>The outcome of each event, in their order.</returns>
    /// <exception cref="LedgerUnavailableException">The events may be in the ledger or not: append them again.</exception>
    IReadOnlyList<EventOutcome> AppendEvents(IReadOnlyList<ReportedEvent> events);

    /// <summary>
    /// Drops the records of the months (UTC) that are over at an instant. Sums, budgets, chain heads and event ids stay; what was counted
    /// stays counted. On SQLite the file keeps its size until it is vacuumed.
    /// </summary>
    /// <param name="instant">UTC; at least 62 days ago.</param>
    /// <returns>The months, or on SQLite the records, that were dropped.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Too much would go.</exception>
    int DropMonthsBefore(DateTimeOffset instant);

    /// <summary>Where the shipping of a node's journal goes on; <see cref="JournalPosition.Start"/> for a new node.</summary>
    JournalPosition ReadPosition(string nodeId);

    /// <summary>Every counter that may still be asked for by a window that had not ended at an instant; some of ended ones are among them.</summary>
    /// <param name="notEndedBefore">UTC.</param>
    IReadOnlyList<(BudgetWindowKey Key, NanoUsd Spent)> ReadBudgetSpend(DateTimeOffset notEndedBefore);

    /// <summary>The heads of all chains that are in the ledger.</summary>
    IReadOnlyList<ChainHead> ReadChainHeads();

    /// <summary>The ledger's own settlements of a stream after a number, in order and without a gap.</summary>
    IReadOnlyList<Settlement> ReadLedgerSettlements(string stream, long after) =>
        Database.Read(connection => LedgerStream.Read(connection, stream, after));

    /// <summary>Every stream of the ledger's own settlements with its latest number.</summary>
    IReadOnlyList<(string Stream, long Sequence)> ReadLedgerStreams() => Database.Read(LedgerStream.ReadAll);

    /// <summary>A stored setting; null where it was never set.</summary>
    string? ReadSetting(string name);

    void WriteSetting(string name, string value);
}
