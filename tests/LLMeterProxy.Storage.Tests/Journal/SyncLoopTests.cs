using System.Collections.Concurrent;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

public sealed class SyncLoopTests : IDisposable
{
    private readonly ConcurrentQueue<Exception> _fatal = new();
    private readonly SemaphoreSlim _began = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);

    public void Dispose()
    {
        _began.Dispose();
        _mayEnd.Dispose();
    }

    // The whole promise of PowerLoss: who waits is covered by a sync that began after his entry was published.
    [Fact]
    public async Task A_writer_that_comes_during_a_sync_waits_for_the_next_one()
    {
        using var loop = Stepped();
        var first = loop.WaitAsync(loop.Published()).AsTask();
        await _began.WaitAsync();

        var second = loop.WaitAsync(loop.Published()).AsTask();
        _mayEnd.Release();
        await first;
        await _began.WaitAsync();
        Assert.False(second.IsCompleted);

        _mayEnd.Release();
        await second;
        Assert.Empty(_fatal);
    }

    [Fact]
    public async Task Writers_that_wait_together_share_one_sync()
    {
        var syncs = 0;
        using var loop = new SyncLoop(
            () =>
            {
                Interlocked.Increment(ref syncs);
                _began.Release();
                _mayEnd.Wait();
            },
            _fatal.Enqueue,
            Timeout.InfiniteTimeSpan);
        var first = loop.WaitAsync(loop.Published()).AsTask();
        await _began.WaitAsync();
        var others = Enumerable.Range(0, 100).Select(_ => loop.WaitAsync(loop.Published()).AsTask()).ToList();

        _mayEnd.Release(2);
        await Task.WhenAll([first, .. others]);

        Assert.Equal(2, syncs);
    }

    [Fact]
    public void No_writer_goes_on_before_a_sync_that_began_after_its_publication()
    {
        var published = 0L;
        var covered = 0L;
        using var loop = new SyncLoop(
            () =>
            {
                var before = Volatile.Read(ref published);
                Thread.Yield();
                Volatile.Write(ref covered, before);
            },
            _fatal.Enqueue,
            TimeSpan.FromMilliseconds(1));
        InParallel(8, _ =>
        {
            for (var i = 0; i < 500; i++)
            {
                var mine = Interlocked.Increment(ref published);
                loop.WaitAsync(loop.Published()).AsTask().Wait();
                Assert.True(Volatile.Read(ref covered) >= mine);
            }
        });
        Assert.Empty(_fatal);
    }

    [Fact]
    public async Task What_is_durable_already_waits_for_nothing()
    {
        using var loop = new SyncLoop(() => { }, _fatal.Enqueue, Timeout.InfiniteTimeSpan);
        var ordinal = loop.Published();
        await loop.WaitAsync(ordinal);

        Assert.True(loop.WaitAsync(ordinal).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task An_entry_that_nobody_waits_for_is_synced_at_the_interval()
    {
        using var loop = new SyncLoop(() => _began.Release(), _fatal.Enqueue, TimeSpan.FromMilliseconds(1));

        loop.Published();

        await _began.WaitAsync();
    }

    [Fact]
    public async Task A_failing_sync_is_fatal_once_and_fails_everyone_who_waits_then_or_later()
    {
        var failing = new IOException("no more disk");
        using var loop = new SyncLoop(
            () =>
            {
                _began.Release();
                _mayEnd.Wait();
                throw failing;
            },
            _fatal.Enqueue,
            TimeSpan.FromMilliseconds(1));
        var first = loop.WaitAsync(loop.Published()).AsTask();
        await _began.WaitAsync();
        var second = loop.WaitAsync(loop.Published()).AsTask();

        _mayEnd.Release(10);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => first);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => second);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => loop.WaitAsync(loop.Published()).AsTask());
        Assert.False(loop.SyncNow());
        Assert.NotNull(loop.Ended);
        loop.Dispose();
        Assert.Same(failing, Assert.Single(_fatal));
    }

    [Fact]
    public async Task Closing_syncs_what_was_published_and_fails_who_comes_later()
    {
        var syncs = 0;
        var loop = new SyncLoop(() => syncs++, _fatal.Enqueue, Timeout.InfiniteTimeSpan);
        var ordinal = loop.Published();

        loop.Dispose();

        Assert.Equal(1, syncs);
        await loop.WaitAsync(ordinal);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => loop.WaitAsync(loop.Published()).AsTask());
    }

    private SyncLoop Stepped() => new(
        () =>
        {
            _began.Release();
            _mayEnd.Wait();
        },
        _fatal.Enqueue,
        Timeout.InfiniteTimeSpan);
}
