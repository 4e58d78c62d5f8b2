using System.Data.Common;
using System.Security.Cryptography;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// What becomes of records whose id is stored already: the same bytes are a replay; a call's record after its orphan estimate
/// corrects it; an estimate that came late is displaced; anything else is kept apart and raises the alarm. Collects what is to
/// be counted and what the counters are to be told. One for a transaction; the tenants' streams must be locked.
/// </summary>
internal sealed class ConflictingRecords(
    DbConnection connection, ILedgerTables tables, Func<ReadOnlyMemory<byte>, UsageRecord> decode, BatchSums sums)
{
    private readonly LedgerChains _chains = new(connection);

    public int Ignored { get; private set; }

    public int Displaced { get; private set; }

    /// <summary>Corrections that were inserted.</summary>
    public List<BatchRecord> Corrections { get; } = [];

    public List<UsageRecord> Alarms { get; } = [];

    public List<LedgerEmission> Emissions { get; } = [];

    /// <param name="stored">The payload that is stored under the record's id.</param>
    public void Resolve(in BatchRecord arrived, byte[] stored)
    {
        if (arrived.Payload.Span.SequenceEqual(stored))
        {
            Ignored++;
            return;
        }

        if (OrphanCorrection.IsOrphanEstimate(arrived.Record))
        {
            ResolveLateEstimate(arrived);
            return;
        }

        var before = decode(stored);
        if (OrphanCorrection.IsOrphanEstimate(before))
        {
            Correct(before, arrived);
        }
        else
        {
            Alarm(arrived);
        }
    }

    // Whatever is stored, the call's own record or an estimate of another node: it is the one that counts.
    private void ResolveLateEstimate(in BatchRecord estimate)
    {
        if (Displace(estimate, correction: null))
        {
            Displaced++;
            Emissions.Add(LedgerEmission.OfDisplacedEstimate(estimate.Record));
        }
        else
        {
            Ignored++;
        }
    }

    private void Correct(UsageRecord estimate, in BatchRecord actual)
    {
        var correction = OrphanCorrection.Of(estimate, actual.Record);
        if (tables.ReadPayloads(connection, [correction.AttemptId]).TryGetValue(correction.AttemptId, out var stored))
        {
            var before = decode(stored);
            var again = UsageRecordCodec.Encode(
                correction with { Incarnation = before.Incarnation, ChainSeq = before.ChainSeq, PrevHash = before.PrevHash });
            if (again.AsSpan().SequenceEqual(stored))
            {
                Ignored++;
            }
            else
            {
                Alarm(actual);
            }

            return;
        }

        var linked = _chains.Link(correction);
        Span<bool> inserted = [false];
        tables.Insert(connection, [linked], inserted);
        if (!inserted[0])
        {
            throw new InvalidOperationException($"The correction of {actual.Record.AttemptId} has the id of another record.");
        }

        Displace(actual, correction.AttemptId);
        Corrections.Add(linked);
        if (LedgerEmission.OfCorrection(actual.Record, correction) is { } emission)
        {
            Emissions.Add(emission);
        }
    }

    private void Alarm(in BatchRecord contradiction)
    {
        Alarms.Add(contradiction.Record);
        if (Displace(contradiction, correction: null) && LedgerEmission.OfUncounted(contradiction.Record) is { } emission)
        {
            Emissions.Add(emission);
        }
    }

    // Not counted, but kept: the next payload of its chain names its hash.
    private bool Displace(in BatchRecord record, RequestId? correction)
    {
        sums.AddHead(record.Record, record.Payload);
        return connection.Execute(
            """
            INSERT INTO displaced_records (attempt_id, content_hash, correction_id, payload)
            VALUES (@attempt, @hash, @correction, @payload) ON CONFLICT DO NOTHING
            """,
            ("@attempt", record.Record.AttemptId),
            ("@hash", SHA256.HashData(record.Payload.Span)),
            ("@correction", correction is { } id ? id : null),
            ("@payload", record.Payload.ToArray())) > 0;
    }
}
