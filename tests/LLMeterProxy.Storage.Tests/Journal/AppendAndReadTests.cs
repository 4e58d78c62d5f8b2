using System.Security.Cryptography;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Journal;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

public sealed class AppendAndReadTests : IDisposable
{
    private readonly TestJournal _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Entries_are_read_in_the_order_in_which_they_were_appended()
    {
        using var journal = _test.Open();
        var (first, second) = (NewAttempt(), NewAttempt());
        journal.AppendIntent(Intent(first));
        journal.AppendIntent(Intent(second));
        journal.AppendRecord(Record(second));
        journal.AppendVoid(first);

        var entries = ReadAll(journal);

        Assert.Equal([JournalEntryKind.Intent, JournalEntryKind.Intent, JournalEntryKind.Record, JournalEntryKind.Void], entries.Select(e => e.Kind));
        Assert.Equal(first, UsageIntentCodec.Decode(entries[0].Payload.Span).AttemptId);
        Assert.Equal(second, UsageRecordCodec.Decode(entries[2].Payload.Span).AttemptId);
        Assert.Equal(first, new RequestId(new Guid(entries[3].Payload.Span, bigEndian: true)));
        Assert.Equal(journal.End, entries[^1].Next);
        Assert.Equal(entries.Select(e => e.Next).Order(), entries.Select(e => e.Next));
    }

    [Fact]
    public void A_reader_at_the_end_finds_nothing_and_then_the_next_entry()
    {
        using var journal = _test.Open();
        journal.AppendRecord(Record());
        Assert.True(journal.TryRead(JournalPosition.Start, out var first));
        Assert.False(journal.TryRead(first.Next, out _));

        journal.AppendRecord(Record(cost: 41));

        Assert.True(journal.TryRead(first.Next, out var second));
        Assert.Equal(new NanoUsd(41), UsageRecordCodec.Decode(second.Payload.Span).Cost);
    }

    // Small segments, so that they roll hundreds of times under contention.
    [Fact]
    public void Nothing_is_lost_or_doubled_while_segments_roll_under_many_threads()
    {
        const int Threads = 8;
        const int Calls = 200;
        using var journal = _test.Open(SmallSegment);
        var written = new RequestId[Threads][];
        InParallel(Threads, thread =>
        {
            written[thread] = new RequestId[Calls];
            for (var i = 0; i < Calls; i++)
            {
                var attempt = written[thread][i] = NewAttempt();
                journal.AppendIntent(Intent(attempt, "tenant-" + (i % 3)));
                journal.AppendRecord(Record(attempt, "tenant-" + (i % 3)));
            }
        });

        var entries = ReadAll(journal);
        var intents = entries.Where(e => e.Kind == JournalEntryKind.Intent).Select(e => UsageIntentCodec.Decode(e.Payload.Span).AttemptId).ToList();
        var records = ReadRecords(journal).ConvertAll(r => r.AttemptId);

        Assert.Equal(written.SelectMany(w => w).Order(), intents.Order());
        Assert.Equal(written.SelectMany(w => w).Order(), records.Order());
        Assert.Equal(0, journal.OpenIntents);
        Assert.True(journal.SegmentCount > 100, $"{journal.SegmentCount} segments");
        Assert.Equal(journal.End, entries[^1].Next);

        // Of one call the intent always comes first.
        var order = entries.Select((e, i) => (e, i)).ToLookup(
            x => x.e.Kind == JournalEntryKind.Intent ? UsageIntentCodec.Decode(x.e.Payload.Span).AttemptId : UsageRecordCodec.Decode(x.e.Payload.Span).AttemptId);
        Assert.All(order, call => Assert.Equal([JournalEntryKind.Intent, JournalEntryKind.Record], call.OrderBy(x => x.i).Select(x => x.e.Kind)));
    }

    [Fact]
    public void A_reader_that_runs_beside_the_writers_sees_everything_once()
    {
        const int Threads = 4;
        const int Calls = 300;
        using var journal = _test.Open(SmallSegment);
        var read = new List<RequestId>();
        var reader = new Thread(() =>
        {
            var at = JournalPosition.Start;
            var wait = default(SpinWait);
            while (read.Count < Threads * Calls)
            {
                if (journal.TryRead(at, out var entry))
                {
                    read.Add(UsageRecordCodec.Decode(entry.Payload.Span).AttemptId);
                    at = entry.Next;
                    journal.Shipped(at);
                }
                else
                {
                    wait.SpinOnce();
                }
            }
        });
        reader.Start();
        var written = new RequestId[Threads][];
        InParallel(Threads, t => written[t] = [.. Enumerable.Range(0, Calls).Select(_ =>
        {
            var attempt = NewAttempt();
            journal.AppendRecord(Record(attempt, "tenant-" + t));
            return attempt;
        })]);
        reader.Join();

        Assert.Equal(written.SelectMany(w => w).Order(), read.Order());
        Assert.Equal(1, journal.SegmentCount);
    }

    [Fact]
    public void The_chain_of_each_tenant_is_gapless_and_linked_by_hashes_under_contention()
    {
        using var journal = _test.Open(SmallSegment);
        InParallel(8, t =>
        {
            for (var i = 0; i < 100; i++)
            {
                journal.AppendRecord(Record(tenant: "tenant-" + ((t + i) % 3)));
            }
        });

        var chains = ReadAll(journal).Select(e => (e.Payload, Record: UsageRecordCodec.Decode(e.Payload.Span))).GroupBy(e => e.Record.Tenant).ToList();

        Assert.Equal(3, chains.Count);
        foreach (var chain in chains)
        {
            var previous = new string('0', 64);
            var sequence = 0L;
            foreach (var (payload, record) in chain)
            {
                Assert.Equal(++sequence, record.ChainSeq);
                Assert.Equal(previous, record.PrevHash);
                Assert.Equal(journal.Incarnation, record.Incarnation);
                previous = Convert.ToHexStringLower(SHA256.HashData(payload.Span));
            }
        }

        Assert.Equal(800, chains.Sum(c => c.Count()));
    }

    [Fact]
    public void Settlements_reach_the_store_in_the_order_of_each_tenants_chain()
    {
        using var journal = _test.Open(SmallSegment);
        InParallel(8, t =>
        {
            for (var i = 0; i < 100; i++)
            {
                journal.AppendRecord(Record(tenant: "tenant-" + ((t + i) % 3)));
            }
        });

        var recorded = ReadRecords(journal).ToDictionary(r => (r.Tenant, r.ChainSeq));
        foreach (var stream in _test.Settlements.All.GroupBy(s => s.Tenant))
        {
            Assert.Equal(Enumerable.Range(1, stream.Count()).Select(i => (long)i), stream.Select(s => s.Sequence));
            Assert.All(stream, s => Assert.Equal(recorded[(s.Tenant, s.Sequence)].AttemptId.Parent, s.ReservationId));
        }

        Assert.Equal(800, _test.Settlements.All.Count);
    }

    [Fact]
    public void A_settlement_says_what_the_record_says()
    {
        using var journal = _test.Open();
        var record = Record(cost: 123);

        journal.AppendRecord(record, endsHold: false);
        journal.AppendRecord(Record(cost: null));

        var (first, second) = (_test.Settlements.All.First(), _test.Settlements.All.Last());
        Assert.Equal(("acme", journal.Incarnation, 1L, record.AttemptId.Parent, false, new NanoUsd(123), 15L, Noon),
            (first.Tenant, first.Incarnation, first.Sequence, first.ReservationId, first.EndsHold, first.Cost, first.Tokens, first.At));
        Assert.Equal(record.Budgets, first.Budgets);
        Assert.Equal((2L, true, NanoUsd.Zero), (second.Sequence, second.EndsHold, second.Cost));
    }

    [Fact]
    public void A_free_call_is_recorded_and_settles_nothing()
    {
        using var journal = _test.Open();

        journal.AppendRecord(Record(cost: 0, source: UsageSource.Free));

        Assert.Single(ReadRecords(journal));
        Assert.Empty(_test.Settlements.All);
    }

    // A30: what the provider sent has no bound; the figures of a record must not be lost for it.
    [Fact]
    [Trait("Acceptance", "A30")]
    public void A_record_that_is_too_large_is_kept_without_its_raw_usage()
    {
        using var journal = _test.Open(SmallSegment);

        journal.AppendRecord(Record(cost: 5) with { RawUsage = new byte[SmallSegment], Flags = [UsageFlags.AboveHold] });

        var kept = Assert.Single(ReadRecords(journal));
        Assert.Equal(new NanoUsd(5), kept.Cost);
        Assert.True(kept.RawUsage.IsEmpty);
        Assert.Equal([UsageFlags.AboveHold, UsageFlags.Degraded], kept.Flags);
    }

    [Fact]
    [Trait("Acceptance", "A30")]
    public void A_record_whose_lines_are_too_many_is_kept_with_one_line_of_the_same_sum()
    {
        using var journal = _test.Open(SmallSegment);
        var lines = Enumerable.Range(0, 500).Select(i => new CostLine($"unit_{i}", 1, 1_000_000, new NanoUsd(1))).ToList();

        journal.AppendRecord(Record(cost: 500) with { RawUsage = "{}"u8.ToArray(), Lines = lines });

        var kept = Assert.Single(ReadRecords(journal));
        Assert.Equal(new NanoUsd(500), kept.Cost);
        Assert.Equal(new NanoUsd(500), Assert.Single(kept.Lines).Cost);
        Assert.Equal([UsageFlags.Degraded], kept.Flags);
    }

    // Names come from clients and providers; whoever sends long ones is charged all the same.
    [Fact]
    [Trait("Acceptance", "A30")]
    public void A_record_whose_texts_are_too_long_is_kept_with_its_figures_and_cut_texts()
    {
        using var journal = _test.Open(SmallSegment);
        var text = "start" + new string('\u00e9', SmallSegment);
        var record = Record(cost: 5) with
        {
            ModelRequested = text,
            ModelBilled = text,
            ResponseId = text,
            ServiceTier = text,
            EndUser = text,
            Tags = [new(text, text)],
            Usage = new TokenUsage { InputTokens = 10, UncachedInputTokens = 10, OutputTokens = 5, Units = [.. Enumerable.Range(0, 900).Select(i => new UnitCount($"unit_{i}", 1))] },
        };

        journal.AppendRecord(record);

        var kept = Assert.Single(ReadRecords(journal));
        Assert.Equal((record.AttemptId, record.Cost, 10L, 5L), (kept.AttemptId, kept.Cost, kept.Usage.InputTokens, kept.Usage.OutputTokens));
        Assert.Equal(record.Budgets, kept.Budgets);
        Assert.All([kept.ModelRequested, kept.ModelBilled, kept.ResponseId, kept.ServiceTier, kept.EndUser], cut => Assert.StartsWith("start", cut, StringComparison.Ordinal));
        Assert.Equal([UsageFlags.Degraded], kept.Flags);
        Assert.Equal(1, Assert.Single(_test.Settlements.All).Sequence);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096 + 4)]
    [InlineData(int.MaxValue - 7)]
    public void A_segment_size_that_cannot_work_is_refused(int size)
    {
        Assert.ThrowsAny<ArgumentException>(() => _test.Open(size));
    }
}
