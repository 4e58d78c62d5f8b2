using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Time.Testing;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

/// <summary>A directory where the next segment's temporary file should be stands for a full disk: it works for root too.</summary>
public sealed class DiskFullTests : IDisposable
{
    private readonly TestJournal _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    [Trait("Acceptance", "T116")]
    public void Without_a_further_segment_calls_are_refused_while_records_of_calls_under_way_still_fit()
    {
        Block(3);
        using var journal = _test.Open(4 * SmallSegment);
        var open = new List<UsageIntent>();
        Assert.Throws<JournalUnavailableException>(() =>
        {
            while (open.Count < 1000)
            {
                var intent = Intent();
                journal.AppendIntent(intent);
                open.Add(intent);
            }
        });

        Assert.False(journal.AcceptsIntents);
        Assert.Throws<JournalUnavailableException>(() => journal.AppendIntent(Intent()));
        foreach (var intent in open.Take(8))
        {
            journal.AppendRecord(Record(intent.AttemptId));
        }

        Assert.Equal(8, ReadRecords(journal).Count);
        Assert.Equal(open.Count - 8, journal.OpenIntents);
        Assert.Equal(8, _test.Settlements.All.Count);
    }

    [Fact]
    public void A_journal_that_is_full_to_the_last_byte_refuses_at_once_and_settles_nothing()
    {
        Block(3);
        using var journal = _test.Open(SmallSegment);
        var fitted = 0;
        Assert.Throws<JournalUnavailableException>(() =>
        {
            for (; fitted < 100; fitted++)
            {
                journal.AppendRecord(Record());
            }
        });

        Assert.Throws<JournalUnavailableException>(() => journal.AppendRecord(Record()));
        Assert.Equal(fitted, _test.Settlements.All.Count);
        Assert.Equal(Enumerable.Range(1, fitted).Select(i => (long)i), ReadRecords(journal).Select(r => r.ChainSeq));
    }

    [Fact]
    public void It_recovers_by_itself_once_there_is_room_and_the_chain_has_no_gap()
    {
        Block(3);
        using var journal = _test.Open(SmallSegment);
        var fitted = 0L;
        Assert.Throws<JournalUnavailableException>(() =>
        {
            for (; fitted < 100; fitted++)
            {
                journal.AppendRecord(Record());
            }
        });

        Unblock(3);
        SpinUntil(() =>
        {
            _test.Time.Advance(TimeSpan.FromSeconds(1));
            return journal.AcceptsIntents;
        });

        journal.AppendIntent(Intent());
        journal.AppendRecord(Record());
        Assert.Equal(Enumerable.Range(1, (int)fitted + 1).Select(i => (long)i), ReadRecords(journal).Select(r => r.ChainSeq));
    }

    [Fact]
    public void A_journal_that_waits_for_room_can_be_closed()
    {
        Block(2);
        var journal = _test.Open(SmallSegment);
        SpinUntil(() => !journal.AcceptsIntents);

        journal.Dispose();

        Unblock(2);
        using var again = _test.Open(SmallSegment);
        again.AppendIntent(Intent());
    }

    [Fact]
    public void The_start_of_trouble_is_reported_once_however_often_it_is_tried()
    {
        var time = new FakeTimeProvider();
        var attempts = 0;
        var reports = 0;
        using var supply = new SegmentSupply(
            _ =>
            {
                Interlocked.Increment(ref attempts);
                throw new IOException("No space left on device");
            },
            _ => Interlocked.Increment(ref reports),
            time);
        supply.Prepare(2);
        Assert.False(supply.WaitUntilReady());
        SpinUntil(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Volatile.Read(ref attempts) >= 3;
        });

        Assert.Equal(1, reports);
        Assert.Throws<JournalUnavailableException>(supply.Take);
    }

    // Requests wait on threads of the pool when segments run short: what they wait for must not need one.
    [Fact]
    public void Segments_are_made_without_a_thread_of_the_pool()
    {
        bool? onPool = null;
        using var supply = new SegmentSupply(
            _ =>
            {
                onPool = Thread.CurrentThread.IsThreadPoolThread;
                throw new IOException("No space left on device");
            },
            _ => { },
            _test.Time);

        supply.Prepare(2);
        supply.WaitUntilReady();

        Assert.False(onPool);
    }

    private static void SpinUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)));

    private void Block(int segment) => Directory.CreateDirectory(SegmentPath(_test.Root, segment) + ".tmp");

    private void Unblock(int segment) => Directory.Delete(SegmentPath(_test.Root, segment) + ".tmp");
}
