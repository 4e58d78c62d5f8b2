using System.Data.Common;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Writes one batch: records, what they add up to, what the counters are to be told, and the journal's position, in one
/// transaction, so that a batch is in the ledger once or not at all and a replay adds nothing. Only rows that were really
/// inserted are counted. One batch at a time.
/// </summary>
internal sealed class BatchWriter : IDisposable
{
    private readonly ILedgerDatabase _database;
    private readonly ILedgerTables _tables;
    private readonly Func<ReadOnlyMemory<byte>, UsageRecord> _decode;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TagValues _tagValues;
    private readonly BatchSums _sums = new();
    private readonly HashSet<RequestId> _ids = [];
    private readonly List<BatchRecord> _fresh = [];
    private readonly List<BatchRecord> _again = [];
    private readonly List<BatchRecord> _counted = [];
    private readonly Lock _gate = new();
    private bool[] _inserted = new bool[1_024];
    private bool _isUnderWay;

    public BatchWriter(
        ILedgerDatabase database, ILedgerTables tables, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILogger logger)
    {
        (_database, _tables, _decode, _time, _logger) = (database, tables, decode, time, logger);
        _tagValues = new TagValues(tables);
    }

    public InsertResult Write(
        string nodeId,
        IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records,
        IReadOnlyList<UnreadableEntry> unreadable,
        JournalPosition position)
    {
        lock (_gate)
        {
            var (result, conflicts) = _database.Write(connection =>
            {
                Begin(records);
                var written = WriteRecords(connection);
                WriteJournal(connection, nodeId, unreadable, position);
                return written;
            });
            _isUnderWay = false;
            Report(conflicts);
            return result;
        }
    }

    public IReadOnlyList<EventOutcome> WriteEvents(IReadOnlyList<ReportedEvent> events)
    {
        lock (_gate)
        {
            var outcomes = _database.Write(connection =>
            {
                Begin([]);
                return CountEvents(connection, events);
            });
            _isUnderWay = false;
            return outcomes;
        }
    }

    public void Dispose() => _tables.Dispose();

    // A transaction that failed may be run again, here or by the next call: nothing of it may be left over.
    private void Begin(IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records)
    {
        if (_isUnderWay)
        {
            _tagValues.Forget();
        }

        _isUnderWay = true;
        _sums.Clear();
        _ids.Clear();
        _fresh.Clear();
        _again.Clear();
        _counted.Clear();
        for (var i = 0; i < records.Count; i++)
        {
            var record = new BatchRecord(records[i].Payload, records[i].Record);
            (_ids.Add(record.Record.AttemptId) ? _fresh : _again).Add(record);
        }

        if (_inserted.Length < _fresh.Count)
        {
            _inserted = new bool[_fresh.Count];
        }
    }

    private (InsertResult Result, ConflictingRecords? Conflicts) WriteRecords(DbConnection connection)
    {
        if (_fresh.Count == 0)
        {
            return (new InsertResult(), null);
        }

        var forgotten = LeaveOutForgotten(connection);
        var inserted = _inserted.AsSpan(0, _fresh.Count);
        inserted.Clear();
        _tables.Insert(connection, _fresh, inserted);
        for (var i = 0; i < inserted.Length; i++)
        {
            (inserted[i] ? _counted : _again).Add(_fresh[i]);
        }

        var originals = _counted.Count;
        var emissions = EmissionsOfEstimates();
        var conflicts = _again.Count == 0 ? null : new ConflictingRecords(connection, _tables, _decode, _sums);
        IReadOnlyDictionary<RequestId, byte[]> stored = _again.Count == 0
            ? new Dictionary<RequestId, byte[]>()
            : _tables.ReadPayloads(connection, _again.Select(r => r.Record.AttemptId).ToHashSet());
        if (emissions.Count > 0 || _again.Exists(r => !IsReplay(r, stored)))
        {
            LedgerStream.Lock(
                connection, [.. emissions.Select(e => e.Stream), .. _again.Where(r => !IsReplay(r, stored)).Select(r => r.Record.Tenant)]);
        }

        if (conflicts is not null)
        {
            foreach (var record in _again)
            {
                conflicts.Resolve(record, PayloadOf(record, stored));
            }

            _counted.AddRange(conflicts.Corrections);
            emissions.AddRange(conflicts.Emissions);
        }

        foreach (var emission in emissions)
        {
            LedgerStream.Append(connection, emission.Stream, emission.EndedHold, new NanoUsd(emission.Cost), emission.Budgets, _time.GetUtcNow());
        }

        Count(connection);
        return (
            new InsertResult(originals, forgotten + (conflicts?.Ignored ?? 0), conflicts?.Corrections.Count ?? 0, conflicts?.Displaced ?? 0, conflicts?.Alarms.Count ?? 0)
            {
                Streams = emissions.Select(e => e.Stream).ToHashSet(StringComparer.Ordinal),
            },
            conflicts);
    }

    /// <summary>Leaves out what was counted before its month was dropped.</summary>
    /// <returns>How many there were.</returns>
    private int LeaveOutForgotten(DbConnection connection)
    {
        var mayBeForgotten = _time.GetUtcNow() - RecordRetention.Shortest;
        if (!_fresh.Exists(r => r.Record.AttemptId.OccurredAt < mayBeForgotten) || RecordRetention.Read(connection) is not { } from)
        {
            return 0;
        }

        return _fresh.RemoveAll(r => RecordRetention.WasCounted(connection, r, from))
            + _again.RemoveAll(r => RecordRetention.WasCounted(connection, r, from));
    }

    private List<EventOutcome> CountEvents(DbConnection connection, IReadOnlyList<ReportedEvent> events)
    {
        LedgerStream.Lock(connection, events.Select(e => e.Record.Tenant));
        var chains = new LedgerChains(connection);
        var now = _time.GetUtcNow();
        var outcomes = new List<EventOutcome>(events.Count);
        foreach (var reported in events)
        {
            var outcome = EventClaims.Claim(connection, reported, now.ToUnixTimeMilliseconds());
            outcomes.Add(outcome);
            if (outcome == EventOutcome.Counted)
            {
                _counted.Add(chains.Link(reported.Record));
            }
        }

        var inserted = new bool[_counted.Count];
        _tables.Insert(connection, _counted, inserted);
        if (inserted.Contains(false))
        {
            throw new InvalidOperationException("A reported event has the id of another record.");
        }

        // No journal's stream brings them to the counters.
        foreach (var record in _counted.Select(r => r.Record).Where(r => r.Cost is { Value: not 0 }))
        {
            LedgerStream.Append(connection, record.Tenant, reservation: null, record.Cost!.Value, record.Budgets, now);
        }

        Count(connection);
        return outcomes;
    }

    private List<LedgerEmission> EmissionsOfEstimates()
    {
        var emissions = new List<LedgerEmission>();
        for (var i = 0; i < _counted.Count; i++)
        {
            if (OrphanCorrection.IsOrphanEstimate(_counted[i].Record))
            {
                emissions.Add(LedgerEmission.OfEstimate(_counted[i].Record));
            }
        }

        return emissions;
    }

    private static bool IsReplay(BatchRecord record, IReadOnlyDictionary<RequestId, byte[]> stored) =>
        record.Payload.Span.SequenceEqual(PayloadOf(record, stored));

    private static byte[] PayloadOf(BatchRecord record, IReadOnlyDictionary<RequestId, byte[]> stored) =>
        stored.TryGetValue(record.Record.AttemptId, out var payload)
            ? payload
            : throw new InvalidOperationException($"The row of {record.Record.AttemptId} conflicts with one of another id.");

    private void Count(DbConnection connection)
    {
        _tagValues.Learn(connection, _counted);
        for (var i = 0; i < _counted.Count; i++)
        {
            _sums.Add(_counted[i].Record, _counted[i].Payload, _tagValues);
        }

        _sums.Coarsen();
        _tables.Add(connection, _sums, _time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private void WriteJournal(DbConnection connection, string nodeId, IReadOnlyList<UnreadableEntry> unreadable, JournalPosition position)
    {
        foreach (var entry in unreadable)
        {
            connection.Execute(
                "INSERT INTO unreadable_entries (node_id, position, payload) VALUES (@node, @position, @payload) ON CONFLICT DO NOTHING",
                ("@node", nodeId), ("@position", entry.After.Packed), ("@payload", entry.Payload.ToArray()));
        }

        // A position never goes back: entries before it may be gone from the journal.
        connection.Execute(
            """
            INSERT INTO journal_position (node_id, position, updated_at) VALUES (@node, @position, @at)
            ON CONFLICT (node_id) DO UPDATE SET updated_at = excluded.updated_at,
                position = CASE WHEN excluded.position > journal_position.position THEN excluded.position ELSE journal_position.position END
            """,
            ("@node", nodeId), ("@position", position.Packed), ("@at", _time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    // After the commit, because a transaction may have been run more than once.
    private void Report(ConflictingRecords? conflicts)
    {
        if (conflicts is null)
        {
            return;
        }

        foreach (var correction in conflicts.Corrections)
        {
            LedgerLog.OrphanCorrected(_logger, correction.Record.Corrects!.Value, correction.Record.Cost?.Value ?? 0);
        }

        foreach (var alarm in conflicts.Alarms)
        {
            LedgerLog.Conflict(_logger, alarm.AttemptId, alarm.Tenant);
        }
    }
}
