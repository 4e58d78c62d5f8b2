namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>One script of the schema.</summary>
internal sealed record SqliteMigration(int Version, string Name, string Sql, string Sha256);
