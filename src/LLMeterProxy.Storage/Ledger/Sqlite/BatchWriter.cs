using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>
/// Writes one batch: records, what they add up to, and the journal's position, in one transaction, so that a batch is in the
/// ledger once or not at all and a replay adds nothing. Only rows that were really inserted are counted.
/// Not thread-safe: used under the writer's lock.
/// </summary>
internal sealed class BatchWriter : IDisposable
{
    private static readonly string _genesis = new('0', 64);

    private readonly SqliteDatabase _database;
    private readonly SqliteConnection _connection;
    private readonly Func<ReadOnlyMemory<byte>, UsageRecord> _decode;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BatchSums _sums = new();
    private readonly TagValues _tagValues;
    private readonly SqliteCommand _insert;
    private readonly UpsertCommand _rollup;
    private readonly UpsertCommand _tagRollup;
    private InsertResult _result;

    public BatchWriter(SqliteDatabase database, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILogger logger)
    {
        var connection = database.Writer;
        (_database, _connection, _decode, _time, _logger) = (database, connection, decode, time, logger);
        _tagValues = new TagValues(connection);
        _insert = (SqliteCommand)connection.Command(
            """
            INSERT INTO records (attempt_id, tenant, occurred_at, corrects, payload)
            VALUES (@attempt, @tenant, @occurred, @corrects, @payload) ON CONFLICT DO NOTHING
            """,
            ("@attempt", null), ("@tenant", null), ("@occurred", null), ("@corrects", null), ("@payload", null));
        _insert.Prepare();
        _rollup = new UpsertCommand(
            connection,
            "rollups",
            ["tenant", "bucket", "key_id", "provider", "model", "operation", "channel", "source"],
            UsageSums.Columns);
        _tagRollup = new UpsertCommand(connection, "tag_rollups", ["tenant", "bucket", "name", "value"], UsageSums.Columns);
    }

    public InsertResult Write(
        string nodeId,
        IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records,
        IReadOnlyList<UnreadableEntry> unreadable,
        JournalPosition position)
    {
        try
        {
            return _database.Write(_ =>
            {
                _sums.Clear();
                _result = default;
                for (var i = 0; i < records.Count; i++)
                {
                    Add(records[i].Payload, records[i].Record);
                }

                WriteSums();
                foreach (var entry in unreadable)
                {
                    _connection.Execute(
                        "INSERT INTO unreadable_entries (node_id, position, payload) VALUES (@node, @position, @payload) ON CONFLICT DO NOTHING",
                        ("@node", nodeId), ("@position", entry.After.Packed), ("@payload", entry.Payload.ToArray()));
                }

                // A position never goes back: entries before it may be gone from the journal.
                _connection.Execute(
                    """
                    INSERT INTO journal_position (node_id, position, updated_at) VALUES (@node, @position, @at)
                    ON CONFLICT DO UPDATE SET position = max(position, excluded.position), updated_at = excluded.updated_at
                    """,
                    ("@node", nodeId), ("@position", position.Packed), ("@at", Now()));
                return _result;
            });
        }
        catch
        {
            _tagValues.Forget();
            throw;
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _rollup.Dispose();
        _tagRollup.Dispose();
    }

    private void Add(ReadOnlyMemory<byte> payload, UsageRecord record)
    {
        if (TryInsert(payload, record))
        {
            _result = _result with { Inserted = _result.Inserted + 1 };
            return;
        }

        var stored = PayloadOf(record.AttemptId)
            ?? throw new InvalidOperationException($"The row of {record.AttemptId} conflicts with one of another id.");
        if (payload.Span.SequenceEqual(stored))
        {
            _result = _result with { Ignored = _result.Ignored + 1 };
            return;
        }

        var before = _decode(stored);
        if (OrphanCorrection.IsOrphanEstimate(before) && !OrphanCorrection.IsOrphanEstimate(record))
        {
            Correct(before, record, payload);
            return;
        }

        Alarm(record, payload);
    }

    private void Correct(UsageRecord estimate, UsageRecord actual, ReadOnlyMemory<byte> payload)
    {
        var correction = OrphanCorrection.Of(estimate, actual);
        if (PayloadOf(correction.AttemptId) is { } stored)
        {
            var before = _decode(stored);
            var again = UsageRecordCodec.Encode(correction with { ChainSeq = before.ChainSeq, PrevHash = before.PrevHash });
            if (again.AsSpan().SequenceEqual(stored))
            {
                _result = _result with { Ignored = _result.Ignored + 1 };
            }
            else
            {
                Alarm(actual, payload);
            }

            return;
        }

        var (seq, hash) = HeadOf(actual.Tenant);
        correction = correction with { ChainSeq = seq + 1, PrevHash = hash };
        TryInsert(UsageRecordCodec.Encode(correction), correction);
        Displace(actual, payload, correction.AttemptId);
        _result = _result with { Corrected = _result.Corrected + 1 };
        LedgerLog.OrphanCorrected(_logger, actual.AttemptId, correction.Cost?.Value ?? 0);
    }

    private void Alarm(UsageRecord record, ReadOnlyMemory<byte> payload)
    {
        Displace(record, payload, correction: null);
        _result = _result with { Conflicts = _result.Conflicts + 1 };
        LedgerLog.Conflict(_logger, record.AttemptId, record.Tenant);
    }

    // Not counted, but kept: the next payload of its chain names its hash.
    private void Displace(UsageRecord record, ReadOnlyMemory<byte> payload, RequestId? correction)
    {
        _connection.Execute(
            """
            INSERT INTO displaced_records (attempt_id, content_hash, correction_id, payload)
            VALUES (@attempt, @hash, @correction, @payload) ON CONFLICT DO NOTHING
            """,
            ("@attempt", LedgerIds.ToBlob(record.AttemptId)),
            ("@hash", SHA256.HashData(payload.Span)),
            ("@correction", correction is { } id ? LedgerIds.ToBlob(id) : null),
            ("@payload", WholeArray(payload)));
        _sums.AddHead(record, payload);
    }

    private bool TryInsert(ReadOnlyMemory<byte> payload, UsageRecord record)
    {
        var parameters = _insert.Parameters;
        parameters[0].Value = LedgerIds.ToBlob(record.AttemptId);
        parameters[1].Value = record.Tenant;
        parameters[2].Value = record.AttemptId.OccurredAt.ToUnixTimeMilliseconds();
        parameters[3].Value = record.Corrects is { } corrects ? LedgerIds.ToBlob(corrects) : DBNull.Value;
        parameters[4].Value = WholeArray(payload);
        if (_insert.ExecuteNonQuery() == 0)
        {
            return false;
        }

        _sums.Add(record, payload, _tagValues);
        return true;
    }

    private (long Seq, string Hash) HeadOf(string tenant)
    {
        if (_sums.Heads.TryGetValue((tenant, OrphanCorrection.Incarnation), out var head))
        {
            return (head.Seq, Convert.ToHexStringLower(SHA256.HashData(head.Payload.Span)));
        }

        using var command = _connection.Command(
            "SELECT seq, hash FROM chain_heads WHERE tenant = @tenant AND incarnation = @incarnation",
            ("@tenant", tenant), ("@incarnation", OrphanCorrection.Incarnation));
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : (0, _genesis);
    }

    private byte[]? PayloadOf(RequestId attempt) =>
        _connection.Scalar("SELECT payload FROM records WHERE attempt_id = @attempt", ("@attempt", attempt)) as byte[];

    private void WriteSums()
    {
        foreach (var (key, sums) in _sums.Rollups)
        {
            _rollup[0] = key.Tenant;
            _rollup[1] = key.Bucket;
            _rollup[2] = key.KeyId;
            _rollup[3] = key.Provider;
            _rollup[4] = key.Model;
            _rollup[5] = key.Operation;
            _rollup[6] = StoredNames.Of(key.Channel);
            _rollup[7] = StoredNames.Of(key.Source);
            Upsert(_rollup, 8, sums);
        }

        foreach (var (key, sums) in _sums.Tags)
        {
            _tagRollup[0] = key.Tenant;
            _tagRollup[1] = key.Bucket;
            _tagRollup[2] = key.Name;
            _tagRollup[3] = key.Value;
            Upsert(_tagRollup, 4, sums);
        }

        foreach (var (key, spent) in _sums.Budgets)
        {
            BudgetSpendRows.Add(_connection, key, spent, _time.GetUtcNow());
        }

        foreach (var ((tenant, incarnation), (seq, payload)) in _sums.Heads)
        {
            _connection.Execute(
                """
                INSERT INTO chain_heads (tenant, incarnation, seq, hash) VALUES (@tenant, @incarnation, @seq, @hash)
                ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > seq
                """,
                ("@tenant", tenant),
                ("@incarnation", incarnation),
                ("@seq", seq),
                ("@hash", Convert.ToHexStringLower(SHA256.HashData(payload.Span))));
        }
    }

    private static void Upsert(UpsertCommand command, int firstSum, UsageSums sums)
    {
        for (var i = 0; i < UsageSums.Columns.Count; i++)
        {
            command[firstSum + i] = sums[i];
        }

        command.Execute();
    }

    // The driver binds arrays only.
    private static byte[] WholeArray(ReadOnlyMemory<byte> payload) =>
        MemoryMarshal.TryGetArray(payload, out var segment) && segment.Count == segment.Array!.Length ? segment.Array : payload.ToArray();

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
