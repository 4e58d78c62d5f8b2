namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>One script of the schema.</summary>
/// <param name="Version">1, 2, 3, … for each engine.</param>
/// <param name="Sha256">Of its text, lower-case hex.</param>
internal sealed record Migration(int Version, string Name, string Sql, string Sha256);
