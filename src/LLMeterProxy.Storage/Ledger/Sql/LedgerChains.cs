using System.Data.Common;
using System.Security.Cryptography;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Links what the ledger itself adds to a tenant into one chain, that of the incarnation <c>ledger</c>. The tenant's stream must be
/// locked meanwhile. One for a transaction.
/// </summary>
internal sealed class LedgerChains(DbConnection connection)
{
    private static readonly string _genesis = new('0', 64);

    private readonly Dictionary<string, (long Seq, string Hash)> _heads = new(StringComparer.Ordinal);

    /// <summary>The record as the next link.</summary>
    public BatchRecord Link(UsageRecord record)
    {
        if (!_heads.TryGetValue(record.Tenant, out var head))
        {
            head = Read(record.Tenant);
        }

        var linked = record with { Incarnation = OrphanCorrection.Incarnation, ChainSeq = head.Seq + 1, PrevHash = head.Hash };
        var payload = UsageRecordCodec.Encode(linked);
        _heads[record.Tenant] = (linked.ChainSeq, Convert.ToHexStringLower(SHA256.HashData(payload)));
        return new BatchRecord(payload, linked);
    }

    private (long Seq, string Hash) Read(string tenant)
    {
        using var command = connection.Command(
            "SELECT seq, hash FROM chain_heads WHERE tenant = @tenant AND incarnation = @incarnation",
            ("@tenant", tenant), ("@incarnation", OrphanCorrection.Incarnation));
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : (0, _genesis);
    }
}
