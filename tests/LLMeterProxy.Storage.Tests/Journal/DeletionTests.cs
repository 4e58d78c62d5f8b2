using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

public sealed class DeletionTests : IDisposable
{
    private readonly TestJournal _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_segment_goes_once_the_ledger_has_all_of_it()
    {
        using var journal = _test.Open(SmallSegment);
        FillUntil(journal, segments: 3);
        journal.Shipped(new JournalPosition(2, Segment.HeaderSize));
        Assert.Equal([2, 3], Numbers(journal));

        journal.Shipped(ReadAll(journal)[^1].Next);

        Assert.Equal([3], Numbers(journal));
        Assert.False(File.Exists(SegmentPath(_test.Root, 1)));
        Assert.False(File.Exists(SegmentPath(_test.Root, 2)));
    }

    [Fact]
    public void A_segment_with_a_call_under_way_stays_and_so_do_all_after_it()
    {
        using var journal = _test.Open(SmallSegment);
        var attempt = NewAttempt();
        journal.AppendIntent(Intent(attempt));
        FillUntil(journal, segments: 4);

        journal.Shipped(journal.End);
        Assert.Equal(4, journal.SegmentCount);

        journal.AppendRecord(Record(attempt));
        journal.Shipped(journal.End);
        Assert.Equal([4], Numbers(journal));
    }

    [Fact]
    public void A_void_resolves_a_call_as_a_record_does()
    {
        using var journal = _test.Open(SmallSegment);
        var attempt = NewAttempt();
        journal.AppendIntent(Intent(attempt));
        FillUntil(journal, segments: 2);

        journal.AppendVoid(attempt);
        journal.Shipped(journal.End);

        Assert.Equal(1, journal.SegmentCount);
        Assert.Equal(0, journal.OpenIntents);
    }

    [Fact]
    public void Segments_of_earlier_runs_stay_until_their_calls_are_resolved()
    {
        using (var journal = _test.Open(SmallSegment))
        {
            journal.AppendIntent(Intent());
            FillUntil(journal, segments: 2);
        }

        using var again = _test.Open(SmallSegment);
        again.AppendRecord(Record());
        again.Shipped(again.End);
        Assert.Equal([1, 2, 3], Numbers(again));

        again.EarlierResolved();
        again.Shipped(again.End);

        Assert.Equal([3], Numbers(again));
    }

    [Fact]
    public void Reading_goes_on_behind_what_was_deleted()
    {
        using var journal = _test.Open(SmallSegment);
        FillUntil(journal, segments: 3);
        var before = ReadRecords(journal).Count;
        var position = ReadAll(journal)[^1].Next;
        journal.Shipped(position);

        journal.AppendRecord(Record());

        Assert.True(journal.TryRead(position, out var entry));
        Assert.Equal(before + 1, UsageRecordCodec.Decode(entry.Payload.Span).ChainSeq);
    }

    // What resolved a call must be on the disk before its intent goes: else a power cut could take both.
    [Fact]
    public void Under_power_loss_nothing_is_deleted_that_a_sync_does_not_cover()
    {
        using var journal = _test.Open(SmallSegment, Durability.PowerLoss);
        FillUntil(journal, segments: 3);
        var ticket = journal.AppendRecord(Record());

        journal.Shipped(journal.End);

        Assert.Equal([3], Numbers(journal));
        Assert.True(journal.WaitDurableAsync(ticket, CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    private static void FillUntil(MappedJournal journal, int segments)
    {
        while (journal.SegmentCount < segments)
        {
            journal.AppendRecord(Record());
        }
    }

    /// <summary>The segments that a reader can still see something in.</summary>
    private static IEnumerable<int> Numbers(MappedJournal journal) => ReadAll(journal).Select(e => e.Next.Segment).Distinct();
}
