using System.Collections.Concurrent;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using Microsoft.Win32.SafeHandles;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

public sealed class PowerLossTests : IDisposable
{
    private readonly TestJournal _test = new();

    public void Dispose() => _test.Dispose();

    // Several rolls between two syncs, as on a disk that stalls for seconds: the segments in between are synced too.
    [Fact]
    public async Task A_sync_covers_every_segment_that_was_written_since_the_last_one()
    {
        var flushed = new ConcurrentDictionary<SafeFileHandle, int>();
        using var journal = _test.Open(SmallSegment, Durability.PowerLoss, flush: file => flushed.AddOrUpdate(file, 1, (_, n) => n + 1));
        JournalTicket last = default;
        while (journal.SegmentCount < 6)
        {
            last = journal.AppendRecord(Record());
        }

        await journal.WaitDurableAsync(last, CancellationToken.None);
        Assert.Equal(6, flushed.Count);

        await journal.WaitDurableAsync(journal.AppendRecord(Record()), CancellationToken.None);
        Assert.Equal([1, 1, 1, 1, 1, 2], flushed.Values.Order());
    }

    [Fact]
    public async Task A_disk_that_fails_ends_the_process_and_nothing_is_taken_or_reported_durable_again()
    {
        using var journal = _test.Open(SmallSegment, Durability.PowerLoss, flush: _ => throw new IOException("Input/output error"));
        var ticket = journal.AppendRecord(Record());

        await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.WaitDurableAsync(ticket, CancellationToken.None).AsTask());

        Assert.Throws<JournalUnavailableException>(() => journal.AppendRecord(Record()));
        Assert.Throws<JournalUnavailableException>(() => journal.AppendIntent(Intent()));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.WaitDurableAsync(ticket, CancellationToken.None).AsTask());
        journal.Dispose();
        Assert.Contains("Input/output error", Assert.Single(_test.Fatal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        using var release = new ManualResetEventSlim();
        using var journal = _test.Open(SmallSegment, Durability.PowerLoss, flush: _ => release.Wait());
        using var gone = new CancellationTokenSource();
        var waiting = journal.WaitDurableAsync(journal.AppendRecord(Record()), gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        release.Set();
    }

    // The bytes of what was deleted need no disk, but what resolved its calls does.
    [Fact]
    public void A_disk_that_fails_keeps_every_segment()
    {
        using var journal = _test.Open(SmallSegment, flush: _ => throw new IOException("Input/output error"));
        while (journal.SegmentCount < 3)
        {
            journal.AppendRecord(Record());
        }

        journal.Shipped(journal.End);

        Assert.Equal(3, journal.SegmentCount);
        Assert.Single(_test.Fatal);
    }
}
