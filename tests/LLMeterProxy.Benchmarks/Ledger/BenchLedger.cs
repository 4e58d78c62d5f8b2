using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Ledger.Sqlite;
using LLMeterProxy.TestKit.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LLMeterProxy.Benchmarks.Ledger;

/// <summary>A ledger to be measured, on either engine, with commits that survive loss of power.</summary>
internal sealed class BenchLedger : IDisposable
{
    private readonly DirectoryInfo? _directory;
    private readonly PostgresServer? _server;
    private readonly string? _database;

    private BenchLedger(string name, SqlLedger ledger, DirectoryInfo? directory, PostgresServer? server, string? database) =>
        (Name, Ledger, _directory, _server, _database) = (name, ledger, directory, server, database);

    public string Name { get; }

    public SqlLedger Ledger { get; }

    public static BenchLedger InFile()
    {
        var directory = Directory.CreateTempSubdirectory("llmeter-ledger-");
        var options = new SqliteLedgerOptions { Path = Path.Combine(directory.FullName, "ledger.db") };
        return new BenchLedger("SQLite", SqliteLedger.Open(options, Decode, TimeProvider.System, NullLogger<SqliteLedger>.Instance), directory, null, null);
    }

    public static BenchLedger InPostgres()
    {
        var server = PostgresServer.Start(durable: true);
        var database = server.CreateDatabase();
        return new BenchLedger("PostgreSQL", OpenPostgres(database), null, server, database);
    }

    /// <summary>One ledger a node where the engine takes many; else the same for all.</summary>
    public SqlLedger[] OfNodes(int count) =>
        _database is null ? Enumerable.Repeat(Ledger, count).ToArray() : [Ledger, .. Enumerable.Range(1, count - 1).Select(_ => OpenPostgres(_database))];

    /// <summary>What the server does by itself within a minute or so after a load.</summary>
    public void Settle()
    {
        if (_database is not null)
        {
            using var connection = new NpgsqlConnection(_database + ";Command Timeout=0");
            connection.Open();
            using var command = new NpgsqlCommand("VACUUM (ANALYZE) rollups, coarse_rollups, tag_rollups", connection);
            command.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        Ledger.Dispose();
        _server?.Dispose();
        _directory?.Delete(recursive: true);
    }

    private static PostgresLedger OpenPostgres(string database) => PostgresLedger.Open(
        new PostgresLedgerOptions { ConnectionString = database }, Decode, TimeProvider.System, NullLogger<PostgresLedger>.Instance);

    private static UsageRecord Decode(ReadOnlyMemory<byte> payload) => UsageRecordCodec.Decode(payload.Span);
}
