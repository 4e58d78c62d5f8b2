using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.TestKit.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>A ledger in a PostgreSQL database of its own.</summary>
internal sealed class LedgerInPostgres : TestLedger
{
    private readonly TimeProvider _time;
    private PostgresLedger _ledger;

    public LedgerInPostgres(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        ConnectionString = PostgresServer.Shared.CreateDatabase();
        _ledger = Open();
    }

    public string ConnectionString { get; }

    public override SqlLedger Ledger => _ledger;

    /// <summary>Another node's ledger on the same database.</summary>
    public PostgresLedger Open() =>
        PostgresLedger.Open(new PostgresLedgerOptions { ConnectionString = ConnectionString }, Decode, _time, NullLogger<PostgresLedger>.Instance);

    public override void Reopen()
    {
        _ledger.Dispose();
        _ledger = Open();
    }

    public override void ExecuteAsStranger(string sql) => OnConnection(sql, command => command.ExecuteNonQuery());

    public override object? ReadAsStranger(string sql) => OnConnection(sql, command => command.ExecuteScalar());

    public override void Break(string table) => ExecuteAsStranger($"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (false) NOT VALID");

    public override void Repair(string table) => ExecuteAsStranger($"ALTER TABLE {table} DROP CONSTRAINT broken");

    public override void Dispose() => _ledger.Dispose();

    private T OnConnection<T>(string sql, Func<NpgsqlCommand, T> run)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return run(command);
    }
}
