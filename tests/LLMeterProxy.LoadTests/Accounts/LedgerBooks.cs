using System.Data.Common;
using System.Security.Cryptography;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>The ledger, read without the product's own queries, after its writers have ended.</summary>
/// <param name="Rows">All that is counted.</param>
/// <param name="Displaced">Payloads that are links of a chain without being counted, because their id was stored before.</param>
internal sealed record LedgerBooks(
    IReadOnlyList<LedgerRow> Rows,
    IReadOnlyList<LedgerRow> Displaced,
    IReadOnlyDictionary<string, long> SpendByBudget,
    IReadOnlyDictionary<(string Tenant, string Incarnation), (long Seq, string Hash)> Heads,
    IReadOnlyDictionary<string, long> TagRollupByTenant,
    long Unreadable)
{
    public IReadOnlyList<ChargedAttempt> Attempts { get; } = AttemptsOf(Rows, Displaced);

    /// <param name="connection">Open.</param>
    public static LedgerBooks Read(DbConnection connection) => new(
        Query(connection, "SELECT attempt_id, tenant, occurred_at, payload FROM records ORDER BY seq", Row),
        Query(connection, "SELECT payload FROM displaced_records", r => Row(r.GetFieldValue<byte[]>(0), _ => true)),
        Query(connection, "SELECT budget_id, sum(spent) FROM budget_spend GROUP BY budget_id", r => (r.GetString(0), Integer(r, 1))).ToDictionary(p => p.Item1, p => p.Item2),
        Query(connection, "SELECT tenant, incarnation, seq, hash FROM chain_heads", r => ((r.GetString(0), r.GetString(1)), (r.GetInt64(2), r.GetString(3))))
            .ToDictionary(p => p.Item1, p => p.Item2),
        Query(connection, "SELECT tenant, sum(cost) FROM tag_rollups WHERE name = 'team' GROUP BY tenant", r => (r.GetString(0), Integer(r, 1))).ToDictionary(p => p.Item1, p => p.Item2),
        Query(connection, "SELECT count(*) FROM unreadable_entries", r => Integer(r, 0)).Single());

    /// <summary>What some tenants have of it; the sums by budget and tenant stay whole.</summary>
    public LedgerBooks Of(IReadOnlyList<string> tenants) => new(
        [.. Rows.Where(r => tenants.Contains(r.Record.Tenant))],
        [.. Displaced.Where(r => tenants.Contains(r.Record.Tenant))],
        SpendByBudget,
        Heads,
        TagRollupByTenant,
        Unreadable);

    private static List<ChargedAttempt> AttemptsOf(IReadOnlyList<LedgerRow> rows, IReadOnlyList<LedgerRow> displaced)
    {
        var corrections = rows.Where(r => r.Record.Corrects is not null).ToLookup(r => r.Record.Corrects!.Value);
        var late = displaced.Where(d => d.Record.Reason is not ("crash" or "orphaned")).ToLookup(d => d.Record.AttemptId);
        return
        [
            .. rows.Where(r => r.Record.Corrects is null).Select(row => new ChargedAttempt(
                late[row.Record.AttemptId].FirstOrDefault()?.Record ?? row.Record,
                row.Record.Cost is { } cost ? corrections[row.Record.AttemptId].Aggregate(cost, (sum, c) => sum + (c.Record.Cost ?? NanoUsd.Zero)) : null,
                corrections.Contains(row.Record.AttemptId))),
        ];
    }

    private static LedgerRow Row(DbDataReader reader) => Row(reader.GetFieldValue<byte[]>(3), record =>
        IdOf(reader.GetValue(0)) == record.AttemptId
        && reader.GetString(1) == record.Tenant
        && InstantOf(reader.GetValue(2)) == record.AttemptId.OccurredAt.ToUnixTimeMilliseconds());

    private static LedgerRow Row(byte[] payload, Func<UsageRecord, bool> agrees)
    {
        var record = UsageRecordCodec.Decode(payload);
        return new LedgerRow(record, Convert.ToHexStringLower(SHA256.HashData(payload)), agrees(record));
    }

    // A UUID where the engine has the type, its bytes where it has not.
    private static RequestId IdOf(object value) => new(value as Guid? ?? new Guid((byte[])value, bigEndian: true));

    private static long InstantOf(object value) => value is DateTime instant ? new DateTimeOffset(instant).ToUnixTimeMilliseconds() : (long)value;

    // PostgreSQL sums integers to a decimal.
    private static long Integer(DbDataReader reader, int ordinal) => Convert.ToInt64(reader.GetValue(ordinal), System.Globalization.CultureInfo.InvariantCulture);

    private static List<T> Query<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
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
