using System.Data.Common;
using System.Security.Cryptography;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Storage.Ledger.Sql;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>Rows into SQLite: one prepared statement a row, because nothing is between this process and the file.</summary>
internal sealed class SqliteTables : ILedgerTables
{
    private readonly SqliteStatement _insert;
    private readonly SqliteUpsert _rollup;
    private readonly SqliteUpsert _coarse;
    private readonly SqliteUpsert _tagRollup;
    private readonly SqliteStatement _budget;
    private readonly SqliteStatement _head;

    /// <param name="writer">The one connection that writes.</param>
    public SqliteTables(SqliteConnection writer)
    {
        _insert = new SqliteStatement(
            writer, "INSERT INTO records (attempt_id, tenant, occurred_at, corrects, payload) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
        _rollup = new SqliteUpsert(writer, "rollups", RollupColumns.Rollup);
        _coarse = new SqliteUpsert(writer, "coarse_rollups", RollupColumns.Coarse);
        _tagRollup = new SqliteUpsert(writer, "tag_rollups", RollupColumns.Tag);
        _budget = new SqliteStatement(
            writer,
            """
            INSERT INTO budget_spend (slot, budget_id, window_id, spent, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET spent = spent + excluded.spent, updated_at = excluded.updated_at
            """);
        _head = new SqliteStatement(
            writer,
            """
            INSERT INTO chain_heads (tenant, incarnation, seq, hash) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > seq
            """);
    }

    public void Insert(DbConnection connection, IReadOnlyList<BatchRecord> records, Span<bool> inserted)
    {
        Span<byte> id = stackalloc byte[16];
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i].Record;
            record.AttemptId.Value.TryWriteBytes(id, bigEndian: true, out _);
            _insert.Bind(1, id);
            _insert.Bind(2, record.Tenant);
            _insert.Bind(3, record.AttemptId.OccurredAt.ToUnixTimeMilliseconds());
            if (record.Corrects is { } corrects)
            {
                corrects.Value.TryWriteBytes(id, bigEndian: true, out _);
                _insert.Bind(4, id);
            }
            else
            {
                _insert.BindNull(4);
            }

            _insert.Bind(5, records[i].Payload.Span);
            inserted[i] = _insert.Execute() > 0;
        }
    }

    public IReadOnlyDictionary<RequestId, byte[]> ReadPayloads(DbConnection connection, IReadOnlyCollection<RequestId> ids)
    {
        var payloads = new Dictionary<RequestId, byte[]>(ids.Count);
        foreach (var id in ids)
        {
            if (connection.Scalar("SELECT payload FROM records WHERE attempt_id = @attempt", ("@attempt", id)) is byte[] payload)
            {
                payloads.Add(id, payload);
            }
        }

        return payloads;
    }

    public void Add(DbConnection connection, BatchSums sums, long now)
    {
        foreach (var (key, sum) in sums.Rollups)
        {
            _rollup.Add(sum, [key.Tenant, key.KeyId, key.Provider, key.Model, key.Operation, StoredNames.Of(key.Channel), StoredNames.Of(key.Source)], [key.Bucket]);
        }

        foreach (var (key, sum) in sums.Coarse)
        {
            _coarse.Add(sum, [key.Tenant, key.Provider, key.Model, key.Operation], [key.Quarters, key.Bucket]);
        }

        foreach (var (key, sum) in sums.Tags)
        {
            _tagRollup.Add(sum, [key.Tenant, key.Name, key.Value], [key.Bucket]);
        }

        foreach (var (key, spent) in sums.Budgets)
        {
            _budget.Bind(1, key.Slot);
            _budget.Bind(2, key.BudgetId);
            _budget.Bind(3, key.WindowId);
            _budget.Bind(4, spent);
            _budget.Bind(5, now);
            _budget.Execute();
        }

        foreach (var ((tenant, incarnation), (seq, payload)) in sums.Heads)
        {
            _head.Bind(1, tenant);
            _head.Bind(2, incarnation);
            _head.Bind(3, seq);
            _head.Bind(4, Convert.ToHexStringLower(SHA256.HashData(payload.Span)));
            _head.Execute();
        }
    }

    public void LockTagValues(DbConnection connection, string tenant)
    {
        // The one writing connection is lock enough.
    }

    public void Dispose()
    {
        _insert.Dispose();
        _rollup.Dispose();
        _coarse.Dispose();
        _tagRollup.Dispose();
        _budget.Dispose();
        _head.Dispose();
    }
}
