using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Keeps this node's shared counters true, off the request path: verifies the store after every doubt, sets it anew from the ledger
/// when it has lost something, joins an epoch that another node began, says that this node lives, and ends what dead nodes
/// left. It never gives up: whatever fails is tried again at the next turn, and until then nothing is admitted against a hard cap.
/// </summary>
public sealed class BudgetCoordinator : IAsyncDisposable
{
    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _staleBuild = TimeSpan.FromSeconds(30);

    private readonly IReplicaRegistry _registry;
    private readonly ISharedCounters _counters;
    private readonly INodeBudgets _budgets;
    private readonly EpochGate _gate;
    private readonly MappedJournal _journal;
    private readonly ILedgerStore _ledger;
    private readonly LedgerStreams _streams;
    private readonly StoreClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<BudgetCoordinator> _log;
    private readonly CounterRebuild _rebuild;
    private readonly SlotOpening _opening;
    private readonly DeadIncarnations _dead;
    private readonly Liveness _liveness;
    private readonly SettledJournal _settled;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private Task? _loop;
    private Heartbeats? _beats;
    private long _beatAt;
    private long _lostEpoch;
    private volatile bool _isFenced;

    /// <param name="slots">The slots of every tenant that is known.</param>
    /// <param name="clock">Is corrected by the store's clock.</param>
    public BudgetCoordinator(
        IReplicaRegistry registry,
        ISharedCounters counters,
        INodeBudgets budgets,
        EpochGate gate,
        MappedJournal journal,
        ILedgerStore ledger,
        LedgerStreams streams,
        Func<CounterSlots> slots,
        StoreClock clock,
        TimeProvider time,
        ILogger<BudgetCoordinator> log)
    {
        (_registry, _counters, _budgets, _gate, _journal) = (registry, counters, budgets, gate, journal);
        (_ledger, _streams, _clock, _time, _log) = (ledger, streams, clock, time, log);
        _rebuild = new CounterRebuild(registry, counters, slots, time, log);
        _opening = new SlotOpening(registry, counters, gate, slots, time);
        _dead = new DeadIncarnations(registry, counters, budgets, journal, log);
        _liveness = new Liveness(time);
        _settled = new SettledJournal(journal, budgets, time);
        gate.Doubted += OnDoubt;
    }

    /// <summary>Makes this incarnation known and begins. The counter store may be away; the ledger may not.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be reached.</exception>
    public void Start()
    {
        if (_loop is not null)
        {
            throw new InvalidOperationException("The coordinator has been started.");
        }

        // Until the settlements of earlier runs are confirmed, their segments are all that has them.
        _journal.KeepFrom = JournalPosition.Start;
        _registry.Register(_journal.Incarnation, _journal.NodeId);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>A slot that is missing is made where it is new; where it was lost the store is doubted.</summary>
    public async Task<bool> OpenSlotAsync(string slot, CancellationToken cancellationToken)
    {
        if (await _opening.OpenAsync(slot, cancellationToken))
        {
            return true;
        }

        Lost("slot_missing");
        return false;
    }

    /// <summary>A reservation was refused because this incarnation was declared dead.</summary>
    public void Fenced()
    {
        _isFenced = true;
        Wake();
    }

    /// <summary>The store is the epoch's and yet has lost something (a flushed database, a counter that went back).</summary>
    public void Lost(string reason)
    {
        Interlocked.Exchange(ref _lostEpoch, _gate.Number);
        _gate.Doubt(reason);
    }

    /// <summary>
    /// Ends: everything settled is sent and shipped, and this incarnation is closed, so that nobody waits for it. Where that cannot be
    /// done in time the next start of this node does it.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_loop is not null)
        {
            await _loop;
        }

        if (!_gate.IsVerified)
        {
            return;
        }

        try
        {
            await _ledger.FlushAsync(cancellationToken);
            _streams.SendAll();
            await _budgets.FlushAsync(cancellationToken);
            await CloseAsync([_journal.Incarnation], cancellationToken);
            await _counters.ForgetBeatAsync(_journal.Incarnation, cancellationToken);
        }
        catch (Exception e) when (e is BudgetStoreUnavailableException or LedgerUnavailableException or OperationCanceledException)
        {
            CoordinationLog.NotVerified(_log, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Doubted -= OnDoubt;
        await _stopping.CancelAsync();
        if (_loop is not null)
        {
            await _loop;
        }

        _opening.Dispose();
        _stopping.Dispose();
        _wake.Dispose();
    }

    private void OnDoubt(string reason)
    {
        CoordinationLog.Doubted(_log, reason);
        Wake();
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Another thread woke it, or it has ended.
        }
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The one loop that must outlive every failure: without it a store that came back would stay refused.
                CoordinationLog.NotVerified(_log, e.Message);
            }

            try
            {
                await _wake.WaitAsync(_turn, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        if (!_gate.IsVerified)
        {
            await VerifyAsync(cancellationToken);
        }

        if (!_gate.IsVerified)
        {
            return;
        }

        var isDue = _beats is null || _time.GetElapsedTime(_beatAt) >= Liveness.Interval;
        if (isDue)
        {
            await BeatAsync(cancellationToken);
        }

        if (!_gate.IsOpen || isDue)
        {
            await FollowEpochAsync(cancellationToken);
        }

        if (_isFenced)
        {
            Renew();
        }

        if (isDue && _gate.IsOpen)
        {
            await EndDeadAsync(cancellationToken);
            _streams.SendAll();
        }

        _settled.Turn(cancellationToken);
    }

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var doubts = _gate.Doubts;
        var store = await _counters.ReadStoreAsync(cancellationToken);
        var epoch = _registry.ReadEpoch();
        if (epoch is null || epoch.Number == Interlocked.Read(ref _lostEpoch) || !string.Equals(epoch.Store, store, StringComparison.Ordinal) || IsAbandoned(epoch))
        {
            if (!await _rebuild.RunAsync(epoch?.Number ?? 0, store, _journal.Incarnation, cancellationToken))
            {
                return;
            }

            epoch = _registry.ReadEpoch()!;
        }

        if (epoch.State == EpochState.Building || !string.Equals(epoch.Store, store, StringComparison.Ordinal))
        {
            return;
        }

        await _counters.EnableAsync(cancellationToken);
        var isNew = epoch.Number != _gate.Number;
        if (!_gate.TryVerify(epoch.Number, doubts))
        {
            return;
        }

        CoordinationLog.Verified(_log, epoch.Number);
        if (isNew)
        {
            await BeatAsync(cancellationToken);
            await JoinAsync(epoch, cancellationToken);
        }
    }

    /// <summary>The node that sets the counters died over it, this process in an earlier attempt included.</summary>
    private bool IsAbandoned(CounterEpoch epoch) => epoch.State == EpochState.Building
        && (string.Equals(epoch.RaisedBy, _journal.Incarnation) || _time.GetUtcNow() - epoch.RaisedAt > _staleBuild);

    /// <summary>Brings what this node has under way to counters that were set without it.</summary>
    private async Task JoinAsync(CounterEpoch epoch, CancellationToken cancellationToken)
    {
        var from = epoch.Positions.GetValueOrDefault(_journal.NodeId, JournalPosition.Start);
        if (from.Segment > 0 && _journal.Oldest.Segment > from.Segment)
        {
            // What the figures lack of this journal is shipped and gone from it: figures of now have it.
            Lost("journal_shorter_than_epoch");
            return;
        }

        var unclosed = _registry.ReadUnclosed();
        var own = unclosed.Where(i => string.Equals(i.NodeId, _journal.NodeId)).Select(i => i.Incarnation).ToHashSet(StringComparer.Ordinal);
        foreach (var settlement in new JournalSettlements(_journal, _time).Read(from, own))
        {
            _budgets.Settle(settlement);
        }

        _streams.Restart();
        _streams.SendAll();
        _budgets.RestoreHolds();
        await _budgets.FlushAsync(cancellationToken);
        if (_gate.IsVerified && _gate.Number == epoch.Number)
        {
            _registry.MarkReplayed(_journal.Incarnation, epoch.Number);
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var sent = _time.GetUtcNow();
        _beats = await _counters.BeatAsync(_journal.Incarnation, cancellationToken);
        _beatAt = _time.GetTimestamp();
        if (_clock.Correct(_beats.Now - (sent + ((_time.GetUtcNow() - sent) / 2))))
        {
            CoordinationLog.ClockOff(_log, (long)_clock.Offset.TotalMilliseconds);
        }
    }

    private async Task FollowEpochAsync(CancellationToken cancellationToken)
    {
        if (_registry.ReadEpoch() is not { } epoch)
        {
            return;
        }

        if (epoch.Number != _gate.Number)
        {
            _gate.Doubt("newer_epoch");
            return;
        }

        var unclosed = _registry.ReadUnclosed();
        if (unclosed.FirstOrDefault(i => string.Equals(i.Incarnation, _journal.Incarnation)) is not { } self)
        {
            _registry.Register(_journal.Incarnation, _journal.NodeId);
            return;
        }

        _isFenced |= self.IsExpired;
        if (self.ReplayedEpoch != epoch.Number)
        {
            await JoinAsync(epoch, cancellationToken);
        }

        if (epoch.State == EpochState.Built && unclosed.All(HasReplayed) && self.ReplayedEpoch == epoch.Number)
        {
            _registry.TryOpen(epoch.Number);
            epoch = epoch with { State = EpochState.Open };
        }

        if (epoch.State == EpochState.Open && !_gate.IsOpen)
        {
            _gate.Open(epoch.Number);
            CoordinationLog.Opened(_log, epoch.Number);
        }

        // Earlier runs of this node have nothing under way: what they had is in this journal, and was replayed with it.
        bool HasReplayed(NodeIncarnation i) =>
            i.IsExpired || i.ReplayedEpoch >= epoch.Number || string.Equals(i.NodeId, _journal.NodeId) || _liveness.IsDead(i.Incarnation, _beats!);
    }

    private void Renew()
    {
        _journal.Renew();
        _registry.Register(_journal.Incarnation, _journal.NodeId);
        _registry.MarkReplayed(_journal.Incarnation, _gate.Number);
        _isFenced = false;
        _beats = null;
        CoordinationLog.Renewed(_log, _journal.Incarnation);
    }

    private async Task EndDeadAsync(CancellationToken cancellationToken)
    {
        var unclosed = _registry.ReadUnclosed();
        _liveness.KeepOnly([.. unclosed.Select(i => i.Incarnation)]);
        IReadOnlyList<string>? slots = null;
        List<string> earlier = [];
        foreach (var other in unclosed)
        {
            if (string.Equals(other.NodeId, _journal.NodeId))
            {
                if (!string.Equals(other.Incarnation, _journal.Incarnation))
                {
                    earlier.Add(other.Incarnation);
                }
            }
            else if (!other.IsExpired && _liveness.IsDead(other.Incarnation, _beats!))
            {
                await _dead.ExpireAsync(other.Incarnation, slots ??= _registry.ReadSlots(_gate.Number), cancellationToken);
                await _counters.ForgetBeatAsync(other.Incarnation, cancellationToken);
            }
        }

        if (earlier.Count > 0)
        {
            await EndEarlierAsync(earlier, slots ?? _registry.ReadSlots(_gate.Number), cancellationToken);
        }
    }

    private async Task EndEarlierAsync(List<string> earlier, IReadOnlyList<string> slots, CancellationToken cancellationToken)
    {
        await _ledger.FlushAsync(cancellationToken);
        foreach (var settlement in new JournalSettlements(_journal, _time).Read(JournalPosition.Start, earlier.ToHashSet(StringComparer.Ordinal)))
        {
            _budgets.Settle(settlement);
        }

        _streams.SendAll();
        await _budgets.FlushAsync(cancellationToken);
        foreach (var incarnation in earlier)
        {
            await _dead.ReleaseEarlierAsync(incarnation, slots, cancellationToken);
        }

        await _budgets.FlushAsync(cancellationToken);
        await CloseAsync(earlier, cancellationToken);
    }

    private async Task CloseAsync(IReadOnlyList<string> incarnations, CancellationToken cancellationToken)
    {
        foreach (var incarnation in incarnations)
        {
            _registry.Close(incarnation);
        }

        foreach (var slot in _registry.ReadSlots(_gate.Number))
        {
            await _counters.ForgetWatermarksAsync(slot, incarnations, cancellationToken);
        }
    }
}
