using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Ledger.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>A ledger in a directory of its own, which goes with it.</summary>
internal sealed class LedgerFile : IDisposable
{
    public const string Node = "node-1";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ledger-tests-");
    private readonly TimeProvider _time;
    private int _batches;

    public LedgerFile(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Ledger = Open();
    }

    public SqliteLedger Ledger { get; private set; }

    public string Path => System.IO.Path.Combine(_directory.FullName, "ledger.db");

    public static UsageRecord Decode(ReadOnlyMemory<byte> payload) => UsageRecordCodec.Decode(payload.Span);

    public static (ReadOnlyMemory<byte> Payload, UsageRecord Record) Entry(UsageRecord record) => (UsageRecordCodec.Encode(record), record);

    public SqliteLedger Open() =>
        SqliteLedger.Open(new SqliteLedgerOptions { Path = Path }, Decode, _time, NullLogger<SqliteLedger>.Instance);

    public void Reopen()
    {
        Ledger.Dispose();
        Ledger = Open();
    }

    public InsertResult Append(params IEnumerable<UsageRecord> records) =>
        Ledger.Append(Node, records.Select(Entry).ToList(), new JournalPosition(1, ++_batches));

    /// <summary>Runs SQL on a connection of a stranger: what a person with a database tool could do.</summary>
    public void ExecuteAsStranger(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public object? ReadAsStranger(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        Ledger.Dispose();
        _directory.Delete(recursive: true);
    }
}
