using System.Security.Cryptography;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.LoadTests.Crash;

/// <summary>One row of the ledger with what its own bytes say.</summary>
/// <param name="Hash">SHA-256 of the payload in hex.</param>
/// <param name="ColumnsAgree">Whether the row's columns are what the payload says.</param>
internal sealed record LedgerRow(UsageRecord Record, string Hash, bool ColumnsAgree)
{
    /// <summary>The client's name of the call; null for records of other making.</summary>
    public string? CallId { get; } = Record.Tags.FirstOrDefault(t => t.Key == "call").Value;
}

/// <summary>The ledger's file, read without the product's own queries, after its process has ended.</summary>
internal sealed record LedgerFile(
    IReadOnlyList<LedgerRow> Rows,
    IReadOnlyDictionary<string, long> SpendByBudget,
    IReadOnlyDictionary<(string Tenant, string Incarnation), (long Seq, string Hash)> Heads,
    IReadOnlyDictionary<string, long> TagRollupByTenant,
    long Unreadable)
{
    public static LedgerFile Read(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return new LedgerFile(
            [.. Query(connection, "SELECT attempt_id, tenant, occurred_at, payload FROM records ORDER BY seq", Row)],
            Query(connection, "SELECT budget_id, sum(spent) FROM budget_spend GROUP BY budget_id", r => (r.GetString(0), r.GetInt64(1))).ToDictionary(p => p.Item1, p => p.Item2),
            Query(connection, "SELECT tenant, incarnation, seq, hash FROM chain_heads", r => ((r.GetString(0), r.GetString(1)), (r.GetInt64(2), r.GetString(3))))
                .ToDictionary(p => p.Item1, p => p.Item2),
            Query(connection, "SELECT tenant, sum(cost) FROM tag_rollups WHERE name = 'team' GROUP BY tenant", r => (r.GetString(0), r.GetInt64(1))).ToDictionary(p => p.Item1, p => p.Item2),
            Query(connection, "SELECT count(*) FROM unreadable_entries", r => r.GetInt64(0)).Single());
    }

    private static LedgerRow Row(SqliteDataReader reader)
    {
        var payload = reader.GetFieldValue<byte[]>(3);
        var record = UsageRecordCodec.Decode(payload);
        var agrees = new RequestId(new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true)) == record.AttemptId
            && reader.GetString(1) == record.Tenant
            && reader.GetInt64(2) == record.AttemptId.OccurredAt.ToUnixTimeMilliseconds();
        return new LedgerRow(record, Convert.ToHexStringLower(SHA256.HashData(payload)), agrees);
    }

    private static List<T> Query<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
