using System.Diagnostics;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// The one thread that calls fdatasync. Under PowerLoss many writers share one call (group commit); under ProcessCrash it
/// runs at the interval while there is something new. A failing fdatasync is final: the process ends.
/// </summary>
internal sealed class SyncLoop : IDisposable
{
    private readonly Thread _thread;
    private readonly Action _sync;
    private readonly Action<Exception> _fatal;
    private readonly TimeSpan _interval;
    private readonly bool _waitForWork;
    private readonly AutoResetEvent _work = new(false);
    private volatile bool _stopping;
    private long _published;
    private long _durable;
    private TaskCompletionSource _batch = NewBatch();

    /// <param name="sync">Syncs everything published so far.</param>
    /// <param name="fatal">Called once when <paramref name="sync"/> throws.</param>
    /// <param name="waitForWork">True: at once whenever somebody waits; false: at the interval.</param>
    public SyncLoop(Action sync, Action<Exception> fatal, TimeSpan interval, bool waitForWork)
    {
        _sync = sync;
        _fatal = fatal;
        _interval = interval;
        _waitForWork = waitForWork;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal sync" };
        _thread.Start();
    }

    /// <summary>An entry was published: returns its ordinal.</summary>
    public long Published() => Interlocked.Increment(ref _published);

    /// <summary>Completes when an fdatasync that began after the entry was published has returned.</summary>
    public ValueTask WaitAsync(long ordinal)
    {
        if (Volatile.Read(ref _durable) >= ordinal)
        {
            return ValueTask.CompletedTask;
        }

        // Read after publication: the loop swaps the batch before it notes what is published, so this batch covers the entry.
        var batch = Volatile.Read(ref _batch);
        _work.Set();
        return Volatile.Read(ref _durable) >= ordinal ? ValueTask.CompletedTask : new ValueTask(batch.Task);
    }

    public void Dispose()
    {
        _stopping = true;
        _work.Set();
        _thread.Join();
        _work.Dispose();
    }

    private static TaskCompletionSource NewBatch() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Run()
    {
        while (!_stopping)
        {
            _work.WaitOne(_waitForWork ? Timeout.InfiniteTimeSpan : _interval);
            if (!SyncOnce())
            {
                return;
            }
        }

        SyncOnce();
    }

    private bool SyncOnce()
    {
        var batch = Interlocked.Exchange(ref _batch, NewBatch());
        var target = Volatile.Read(ref _published);
        if (target == _durable)
        {
            batch.TrySetResult();
            return true;
        }

        try
        {
            _sync();
        }
#pragma warning disable CA1031 // Whatever it was, the bytes may be lost: this is the end of the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            batch.TrySetException(new IOException("The journal could not be synced.", e));
            _fatal(e);
            return false;
        }

        Debug.Assert(target >= _durable, "ordinals only grow");
        Volatile.Write(ref _durable, target);
        batch.TrySetResult();
        return true;
    }
}
