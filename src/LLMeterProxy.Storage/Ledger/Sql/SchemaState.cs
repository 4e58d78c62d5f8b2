namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>How far a database is behind this program.</summary>
/// <param name="IsEmpty">It has had no script at all.</param>
/// <param name="Missing">Scripts that it has not had.</param>
public sealed record SchemaState(bool IsEmpty, int Missing);
