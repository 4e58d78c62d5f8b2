using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Ledger.Sql;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>
/// Keeps a node's snapshot as new as the database: compares revisions every 500 ms and whenever it is asked to. One look at a
/// time, however many ask and however long the database takes. While the database cannot be read the last snapshot stays in use.
/// </summary>
internal sealed class SnapshotRefresh : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    private readonly ILedgerDatabase _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private volatile TenancySnapshot _current;
    private Task _look = Task.CompletedTask;
    private long _asOf;
    private volatile bool _failing;

    /// <summary>Reads the first snapshot, then looks by itself.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached.</exception>
    public SnapshotRefresh(ILedgerDatabase database, TimeProvider time, ILogger logger)
    {
        (_database, _time, _logger) = (database, time, logger);
        _asOf = time.GetTimestamp();
        _current = database.ReadConsistent(TenancyRows.ReadSnapshot);
        _timer = time.CreateTimer(static self => _ = ((SnapshotRefresh)self!).Look(), this, _interval, _interval);
    }

    /// <summary>Raised after <see cref="Current"/> was replaced, in the order of the snapshots.</summary>
    public event Action<TenancySnapshot>? Changed;

    public TenancySnapshot Current => _current;

    /// <summary>How long ago the snapshot was last known to be the newest.</summary>
    public TimeSpan Age => _time.GetElapsedTime(Volatile.Read(ref _asOf));

    /// <summary>Returns when <see cref="Current"/> is of this revision or a later one.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached.</exception>
    public async Task EnsureAsync(long atLeast, CancellationToken cancellationToken)
    {
        // The look that is under way may have read before the revision was committed; the one after it has not.
        for (var looks = 0; looks < 2 && _current.Revision < atLeast; looks++)
        {
            await Look().WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns when <see cref="Current"/> has all that was committed before the call.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var underWay = Look(out var isNew);
        await underWay.WaitAsync(cancellationToken);
        if (!isNew)
        {
            await Look().WaitAsync(cancellationToken);
        }
    }

    /// <summary>Begins a look unless one is under way.</summary>
    public Task Look() => Look(out _);

    public void Dispose() => _timer.Dispose();

    private Task Look(out bool isNew)
    {
        lock (_gate)
        {
            isNew = _look.IsCompleted;
            if (isNew)
            {
                _look = Task.Run(Refresh);

                // Not everybody who begins one waits for its end.
                _ = _look.ContinueWith(static look => look.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }

            return _look;
        }
    }

    private void Refresh()
    {
        var started = _time.GetTimestamp();
        try
        {
            if (_database.Read(TenancyRows.ReadRevision) != _current.Revision)
            {
                _current = _database.ReadConsistent(TenancyRows.ReadSnapshot);
                TenancyLog.Refreshed(_logger, _current.Revision);
                Tell(_current);
            }
        }
        catch (Exception exception)
        {
            if (!_failing)
            {
                _failing = true;
                TenancyLog.RefreshFailed(_logger, exception, _current.Revision);
            }

            throw;
        }

        _failing = false;
        Volatile.Write(ref _asOf, started);
    }

    private void Tell(TenancySnapshot snapshot)
    {
        try
        {
            Changed?.Invoke(snapshot);
        }
        catch (Exception exception)
        {
            // A listener's own fault must not keep this node at an old revision.
            TenancyLog.ListenerFailed(_logger, exception, snapshot.Revision);
        }
    }
}
