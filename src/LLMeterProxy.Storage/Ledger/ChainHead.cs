namespace LLMeterProxy.Storage.Ledger;

/// <summary>The last record of one chain that is in the ledger: what a digest lists and where a replay of settlements may start.</summary>
/// <param name="Seq">The highest <c>chainSeq</c> in the ledger.</param>
/// <param name="Hash">SHA-256 (lower-case hex) of its payload.</param>
public readonly record struct ChainHead(string Tenant, string Incarnation, long Seq, string Hash);
