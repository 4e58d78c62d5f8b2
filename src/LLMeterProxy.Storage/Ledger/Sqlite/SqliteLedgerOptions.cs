namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>Where the ledger's file is.</summary>
public sealed record SqliteLedgerOptions
{
    /// <summary>The database file; its directory is created. WAL files lie beside it, so it must not be on a network file system.</summary>
    public required string Path { get; init; }
}
