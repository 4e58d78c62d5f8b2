namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>Where the ledger's database is.</summary>
public sealed record PostgresLedgerOptions
{
    /// <summary>
    /// As Npgsql takes it; the database exists and its user may create tables in its schema. What it leaves open is set: 5 s to
    /// connect, 30 s a command, prepared statements.
    /// </summary>
    public required string ConnectionString { get; init; }
}
