using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>An empty ledger of one engine, which goes with its tests.</summary>
internal abstract class TestLedger : IDisposable
{
    public const string Node = "node-1";

    private int _batches;

    /// <summary>The ledger under test.</summary>
    public abstract SqlLedger Ledger { get; }

    public static UsageRecord Decode(ReadOnlyMemory<byte> payload) => UsageRecordCodec.Decode(payload.Span);

    public static (ReadOnlyMemory<byte> Payload, UsageRecord Record) Entry(UsageRecord record) => (UsageRecordCodec.Encode(record), record);

    public static (int Inserted, int Ignored, int Corrected, int Displaced, int Conflicts) Figures(InsertResult result) =>
        (result.Inserted, result.Ignored, result.Corrected, result.Displaced, result.Conflicts);

    public InsertResult Append(params IEnumerable<UsageRecord> records) =>
        Ledger.Append(Node, records.Select(Entry).ToList(), new JournalPosition(1, ++_batches));

    /// <summary>Another process on the same database, or the same one after a restart where the engine takes one alone.</summary>
    public abstract void Reopen();

    /// <summary>Runs SQL on a connection of a stranger: what a person with a database tool could do.</summary>
    public abstract void ExecuteAsStranger(string sql);

    public abstract object? ReadAsStranger(string sql);

    /// <summary>Makes every insert into a table fail until <see cref="Repair"/>.</summary>
    public abstract void Break(string table);

    public abstract void Repair(string table);

    public abstract void Dispose();
}
