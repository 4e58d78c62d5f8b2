using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// The one thread that calls fdatasync: at the interval while there is something new and, under PowerLoss, at once whenever
/// somebody waits; all who wait share one call (group commit). A failing fdatasync is final: the process ends, and nothing is
/// ever reported durable again.
/// </summary>
internal sealed class SyncLoop : IDisposable
{
    private readonly Thread _thread;
    private readonly Action _sync;
    private readonly Action<Exception> _fatal;
    private readonly TimeSpan _interval;
    private readonly Lock _syncing = new();
    private readonly object _gate = new();
    private bool _wanted;
    private bool _stopping;
    private long _published;
    private long _durable;
    private volatile JournalUnavailableException? _ended;
    private TaskCompletionSource _batch = NewBatch();

    /// <param name="sync">Syncs everything published so far.</param>
    /// <param name="fatal">Called once when <paramref name="sync"/> throws.</param>
    /// <param name="interval">The longest that an entry stays unsynced while nobody waits for it.</param>
    public SyncLoop(Action sync, Action<Exception> fatal, TimeSpan interval)
    {
        _sync = sync;
        _fatal = fatal;
        _interval = interval;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal sync" };
        _thread.Start();
    }

    /// <summary>A sync failed, or the loop is closed: why nothing can become durable any more; null before.</summary>
    public JournalUnavailableException? Ended => _ended;

    /// <summary>An entry was published: returns its ordinal. Called after the publication, never before.</summary>
    public long Published() => Interlocked.Increment(ref _published);

    /// <summary>Completes when a sync that began after the entry was published has returned; fails where none ever will.</summary>
    public ValueTask WaitAsync(long ordinal)
    {
        lock (_gate)
        {
            if (_durable >= ordinal)
            {
                return ValueTask.CompletedTask;
            }

            if (_ended is { } why)
            {
                return ValueTask.FromException(why);
            }

            _wanted = true;
            Monitor.Pulse(_gate);
            return new ValueTask(_batch.Task);
        }
    }

    /// <summary>Syncs on the caller's thread what was published before the call.</summary>
    /// <returns>False where that failed, now or earlier.</returns>
    public bool SyncNow()
    {
        lock (_syncing)
        {
            TaskCompletionSource batch;
            long target;
            lock (_gate)
            {
                if (_ended is not null)
                {
                    return false;
                }

                target = Volatile.Read(ref _published);
                if (target == _durable)
                {
                    return true;
                }

                // Who waits in this batch published before this line: the sync below begins after it and covers them all.
                batch = _batch;
                _batch = NewBatch();
            }

            try
            {
                _sync();
            }
#pragma warning disable CA1031 // Whatever it was, the bytes may be lost: this is the end of the process.
            catch (Exception e)
#pragma warning restore CA1031
            {
                var why = new JournalUnavailableException("The journal could not be synced.", e);
                End(why);
                batch.TrySetException(why);
                _fatal(e);
                return false;
            }

            lock (_gate)
            {
                _durable = target;
            }

            batch.TrySetResult();
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        End(new JournalUnavailableException("The journal is closed."));
    }

    private static TaskCompletionSource NewBatch() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Run()
    {
        while (WaitForWork())
        {
            if (!SyncNow())
            {
                return;
            }
        }

        SyncNow();
    }

    private bool WaitForWork()
    {
        lock (_gate)
        {
            if (!_wanted && !_stopping)
            {
                Monitor.Wait(_gate, _interval);
            }

            _wanted = false;
            return !_stopping;
        }
    }

    private void End(JournalUnavailableException why)
    {
        lock (_gate)
        {
            _ended ??= why;
            _batch.TrySetException(_ended);
        }
    }
}
