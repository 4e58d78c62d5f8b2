using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// Makes the next segment ahead of need, in the background. While that fails it is tried again every second and nobody waits
/// for it: a request thread that needs a segment then is told at once that there is none.
/// </summary>
/// <param name="create">Makes a segment of the given number. Throws where the disk is full.</param>
/// <param name="failed">Told once when making a segment begins to fail.</param>
internal sealed class SegmentSupply(Func<int, Segment> create, Action<Exception> failed, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private volatile Segment? _ready;
    private volatile bool _failing;
    private bool _stopped;
    private Task _work = Task.CompletedTask;

    /// <summary>A segment is in hand.</summary>
    public bool IsReady => _ready is not null;

    /// <summary>The last attempt failed and none has succeeded since.</summary>
    public bool IsFailing => _failing;

    /// <summary>Starts making segment <paramref name="number"/>. Once after each <see cref="Take"/>.</summary>
    public void Prepare(int number)
    {
        // A thread of its own: when segments run short, the threads of the pool are the ones that wait for this.
        _work = Task.Factory.StartNew(() => Make(number), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits for an attempt under way.</summary>
    /// <returns>False where it failed.</returns>
    public bool WaitUntilReady()
    {
        lock (_gate)
        {
            while (_ready is null && !_failing && !_stopped)
            {
                Monitor.Wait(_gate);
            }

            return _ready is not null;
        }
    }

    /// <summary>Hands out the segment; waits for an attempt under way.</summary>
    /// <exception cref="JournalUnavailableException">There is none and the last attempt failed.</exception>
    public Segment Take()
    {
        lock (_gate)
        {
            if (!WaitUntilReady())
            {
                throw new JournalUnavailableException("The journal's disk has no room for a further segment.");
            }

            var taken = _ready!;
            _ready = null;
            return taken;
        }
    }

    /// <summary>Ends the attempts, waits for one under way, and removes a segment that nobody took.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }

        // Whoever opens the directory next makes a segment of the same number: this one must be out of the way.
        _work.Wait();
        if (_ready is { } unused)
        {
            _ready = null;
            unused.Dispose();
            File.Delete(unused.Path);
        }

        _stopping.Dispose();
    }

    private void Make(int number)
    {
        while (!_stopping.IsCancellationRequested && !TryMake(number))
        {
            Task.Delay(_retryAfter, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
    }

    private bool TryMake(int number)
    {
        Segment? made = null;
        try
        {
            made = create(number);
        }
#pragma warning disable CA1031 // Disk full, no rights, no memory to map it: whatever it was, there is no segment and calls are refused until there is.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!_failing)
            {
                failed(e);
            }
        }

        lock (_gate)
        {
            _ready = made;
            _failing = made is null;
            Monitor.PulseAll(_gate);
        }

        return made is not null;
    }
}
