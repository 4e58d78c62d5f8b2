using System.Data.Common;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Storage.Ledger.Sql;
using Npgsql;
using NpgsqlTypes;

namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>
/// Rows into PostgreSQL: one statement for all records of a batch and one round trip for all that they add up to, as arrays.
/// Sums are sorted by key: every node locks the rows that it shares with others in one order.
/// </summary>
internal sealed class PostgresTables : ILedgerTables
{
    private readonly UnnestCommand _insert;
    private readonly List<Guid> _ids;
    private readonly List<string> _tenants;
    private readonly List<long> _instants;
    private readonly List<Guid?> _corrects;
    private readonly List<byte[]> _payloads;
    private readonly HashSet<Guid> _inserted = [];

    private readonly PostgresUpsert _rollups = new("rollups", RollupColumns.Rollup);
    private readonly PostgresUpsert _coarse = new("coarse_rollups", RollupColumns.Coarse);
    private readonly PostgresUpsert _tagRollups = new("tag_rollups", RollupColumns.Tag);

    public PostgresTables()
    {
        _insert = new UnnestCommand(
            $"""
            INSERT INTO records (attempt_id, tenant, occurred_at, corrects, payload) SELECT * FROM {UnnestCommand.Unnest(5)}
            ON CONFLICT DO NOTHING RETURNING attempt_id
            """);
        _ids = _insert.Column<Guid>(NpgsqlDbType.Uuid);
        _tenants = _insert.Column<string>(NpgsqlDbType.Text);
        _instants = _insert.Column<long>(NpgsqlDbType.Bigint);
        _corrects = _insert.Column<Guid?>(NpgsqlDbType.Uuid);
        _payloads = _insert.Column<byte[]>(NpgsqlDbType.Bytea);
    }

    public void Insert(DbConnection connection, IReadOnlyList<BatchRecord> records, Span<bool> inserted)
    {
        _insert.Clear();
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i].Record;
            _ids.Add(record.AttemptId.Value);
            _tenants.Add(record.Tenant);
            _instants.Add(record.AttemptId.OccurredAt.ToUnixTimeMilliseconds());
            _corrects.Add(record.Corrects?.Value);
            _payloads.Add(WholeArray(records[i].Payload));
        }

        _inserted.Clear();
        using (var batch = new NpgsqlBatch((NpgsqlConnection)connection))
        {
            batch.BatchCommands.Add(_insert.ToBatchCommand());
            using var reader = batch.ExecuteReader();
            while (reader.Read())
            {
                _inserted.Add(reader.GetGuid(0));
            }
        }

        for (var i = 0; i < records.Count; i++)
        {
            inserted[i] = _inserted.Contains(records[i].Record.AttemptId.Value);
        }
    }

    public IReadOnlyDictionary<RequestId, byte[]> ReadPayloads(DbConnection connection, IReadOnlyCollection<RequestId> ids)
    {
        var payloads = new Dictionary<RequestId, byte[]>(ids.Count);
        if (ids.Count == 0)
        {
            return payloads;
        }

        // The bounds of time leave out the other months.
        using var command = new NpgsqlCommand(
            "SELECT attempt_id, payload FROM records WHERE attempt_id = ANY(@ids) AND occurred_at BETWEEN @first AND @last", (NpgsqlConnection)connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>("@ids", ids.Select(id => id.Value).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<long>("@first", ids.Min(id => id.OccurredAt.ToUnixTimeMilliseconds())));
        command.Parameters.Add(new NpgsqlParameter<long>("@last", ids.Max(id => id.OccurredAt.ToUnixTimeMilliseconds())));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            payloads.Add(new RequestId(reader.GetGuid(0)), reader.GetFieldValue<byte[]>(1));
        }

        return payloads;
    }

    public void Add(DbConnection connection, BatchSums sums, long now)
    {
        using var batch = new NpgsqlBatch((NpgsqlConnection)connection);
        AddRollups(sums);
        _rollups.AddTo(batch);
        _coarse.AddTo(batch);
        _tagRollups.AddTo(batch);
        AddBudgets(batch, sums, now);
        AddHeads(batch, sums);
        if (batch.BatchCommands.Count > 0)
        {
            batch.ExecuteNonQuery();
        }
    }

    public void LockTagValues(DbConnection connection, string tenant) =>
        connection.Execute("SELECT pg_advisory_xact_lock(hashtextextended(@tenant, 7))", ("@tenant", tenant));

    public void Dispose()
    {
        // Statements belong to the pooled connections.
    }

    private void AddRollups(BatchSums sums)
    {
        _rollups.Clear();
        foreach (var (key, sum) in Sorted(sums.Rollups, RollupOrder))
        {
            _rollups.Add(sum, [key.Tenant, key.KeyId, key.Provider, key.Model, key.Operation, StoredNames.Of(key.Channel), StoredNames.Of(key.Source)], [key.Bucket]);
        }

        _coarse.Clear();
        foreach (var (key, sum) in Sorted(sums.Coarse, CoarseOrder))
        {
            _coarse.Add(sum, [key.Tenant, key.Provider, key.Model, key.Operation], [key.Quarters, key.Bucket]);
        }

        _tagRollups.Clear();
        foreach (var (key, sum) in Sorted(sums.Tags, TagOrder))
        {
            _tagRollups.Add(sum, [key.Tenant, key.Name, key.Value], [key.Bucket]);
        }
    }

    private static void AddBudgets(NpgsqlBatch batch, BatchSums sums, long now)
    {
        if (sums.Budgets.Count == 0)
        {
            return;
        }

        var rows = Sorted(sums.Budgets, BudgetOrder);
        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO budget_spend (slot, budget_id, window_id, spent, updated_at) SELECT *, @now FROM unnest(@slots, @budgets, @windows, @spent)
            ON CONFLICT (slot, budget_id, window_id) DO UPDATE SET spent = budget_spend.spent + excluded.spent, updated_at = excluded.updated_at
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]>("@slots", rows.Select(r => r.Key.Slot).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<string[]>("@budgets", rows.Select(r => r.Key.BudgetId).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<string[]>("@windows", rows.Select(r => r.Key.WindowId).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<long[]>("@spent", rows.Select(r => r.Value).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<long>("@now", now));
        batch.BatchCommands.Add(command);
    }

    private static void AddHeads(NpgsqlBatch batch, BatchSums sums)
    {
        if (sums.Heads.Count == 0)
        {
            return;
        }

        var rows = Sorted(sums.Heads, HeadOrder);
        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO chain_heads (tenant, incarnation, seq, hash) SELECT * FROM unnest(@tenants, @incarnations, @seqs, @hashes)
            ON CONFLICT (tenant, incarnation) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > chain_heads.seq
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]>("@tenants", rows.Select(r => r.Key.Tenant).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<string[]>("@incarnations", rows.Select(r => r.Key.Incarnation).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<long[]>("@seqs", rows.Select(r => r.Value.Seq).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<string[]>(
            "@hashes", rows.Select(r => Convert.ToHexStringLower(SHA256.HashData(r.Value.Payload.Span))).ToArray()));
        batch.BatchCommands.Add(command);
    }

    private static List<KeyValuePair<TKey, TValue>> Sorted<TKey, TValue>(Dictionary<TKey, TValue> sums, Comparison<TKey> order)
        where TKey : notnull
    {
        var rows = new List<KeyValuePair<TKey, TValue>>(sums);
        rows.Sort((left, right) => order(left.Key, right.Key));
        return rows;
    }

    private static int RollupOrder(RollupKey left, RollupKey right) => First(
        Text(left.Tenant, right.Tenant),
        left.Bucket.CompareTo(right.Bucket),
        Text(left.KeyId, right.KeyId),
        Text(left.Provider, right.Provider),
        Text(left.Model, right.Model),
        Text(left.Operation, right.Operation),
        left.Channel.CompareTo(right.Channel),
        left.Source.CompareTo(right.Source));

    private static int CoarseOrder(CoarseKey left, CoarseKey right) => First(
        Text(left.Tenant, right.Tenant),
        left.Quarters.CompareTo(right.Quarters),
        left.Bucket.CompareTo(right.Bucket),
        Text(left.Provider, right.Provider),
        Text(left.Model, right.Model),
        Text(left.Operation, right.Operation));

    private static int TagOrder(TagKey left, TagKey right) =>
        First(Text(left.Tenant, right.Tenant), left.Bucket.CompareTo(right.Bucket), Text(left.Name, right.Name), Text(left.Value, right.Value));

    private static int BudgetOrder(BudgetWindowKey left, BudgetWindowKey right) =>
        First(Text(left.Slot, right.Slot), Text(left.BudgetId, right.BudgetId), Text(left.WindowId, right.WindowId));

    private static int HeadOrder((string Tenant, string Incarnation) left, (string Tenant, string Incarnation) right) =>
        First(Text(left.Tenant, right.Tenant), Text(left.Incarnation, right.Incarnation));

    private static int Text(string left, string right) => string.CompareOrdinal(left, right);

    private static int First(params ReadOnlySpan<int> orders)
    {
        foreach (var order in orders)
        {
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    // The driver's arrays of bytes are arrays of whole arrays.
    private static byte[] WholeArray(ReadOnlyMemory<byte> payload) =>
        MemoryMarshal.TryGetArray(payload, out var segment) && segment.Count == segment.Array!.Length ? segment.Array : payload.ToArray();
}
