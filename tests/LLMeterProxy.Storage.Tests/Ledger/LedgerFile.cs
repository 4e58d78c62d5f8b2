using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Ledger.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>A ledger in a file of its own.</summary>
internal sealed class LedgerFile : TestLedger
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ledger-tests-");
    private readonly TimeProvider _time;
    private SqliteLedger _ledger;

    public LedgerFile(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _ledger = Open();
    }

    public override SqlLedger Ledger => _ledger;

    public string Path => System.IO.Path.Combine(_directory.FullName, "ledger.db");

    public SqliteLedger Open() =>
        SqliteLedger.Open(new SqliteLedgerOptions { Path = Path }, Decode, _time, NullLogger<SqliteLedger>.Instance);

    public override void Reopen()
    {
        _ledger.Dispose();
        _ledger = Open();
    }

    public override void ExecuteAsStranger(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA recursive_triggers = on; " + sql;
        command.ExecuteNonQuery();
    }

    public override object? ReadAsStranger(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public override void Break(string table) =>
        ExecuteAsStranger($"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no room'); END");

    public override void Repair(string table) => ExecuteAsStranger("DROP TRIGGER broken");

    public override void Dispose()
    {
        _ledger.Dispose();
        _directory.Delete(recursive: true);
    }
}
