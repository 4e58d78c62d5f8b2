using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Budgets.Redis;
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
    private static readonly TimeSpan _upkeep = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _flushLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(10);

    private readonly IReplicaRegistry _registry;
    private readonly CounterScripts _scripts;
    private readonly RedisBudgetStore _budgets;
    private readonly BudgetEpoch _gate;
    private readonly MappedJournal _journal;
    private readonly ILedgerStore _ledger;
    private readonly LedgerStreams _streams;
    private readonly NodeHeartbeat _heartbeat;
    private readonly ISlotOpener _opener;
    private readonly Func<CounterSlots> _slots;
    private readonly TimeProvider _time;
    private readonly ILogger<BudgetCoordinator> _log;
    private readonly Epochs _epochs;
    private readonly DeadIncarnations _dead;
    private readonly Liveness _liveness;
    private readonly SettledJournal _settled;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private HashSet<string> _knownSlots = [];
    private long _knownEpoch;
    private Task? _loop;
    private Task? _heart;
    private long _lookedAt;
    private long _upkeepAt;
    private volatile bool _isFenced;
    private bool _isDisposed;

    /// <param name="slots">The slots of every tenant that is known.</param>
    /// <param name="time">The time of day that calls are reserved at.</param>
    public BudgetCoordinator(
        IReplicaRegistry registry,
        BudgetScriptClient scripts,
        RedisPrimaries primaries,
        RedisBudgetStore budgets,
        BudgetEpoch gate,
        MappedJournal journal,
        ILedgerStore ledger,
        LedgerStreams streams,
        ClockMeasurement clock,
        ISlotOpener opener,
        Func<CounterSlots> slots,
        TimeProvider time,
        ILogger<BudgetCoordinator> log)
    {
        (_registry, _budgets, _gate, _journal, _ledger) = (registry, budgets, gate, journal, ledger);
        (_streams, _opener, _slots, _time, _log) = (streams, opener, slots, time, log);
        _scripts = new CounterScripts(scripts, primaries, gate);
        _epochs = new Epochs(registry, _scripts, new CounterRebuild(registry, _scripts, slots, time, log), gate, journal, time, log);
        _dead = new DeadIncarnations(registry, _scripts, budgets, journal, time, log);
        _heartbeat = new NodeHeartbeat(_scripts, gate, journal, clock, time);
        _liveness = new Liveness(time);
        _settled = new SettledJournal(journal, budgets, time);
        primaries.Changed += detail => gate.Doubt(EpochDoubt.Connection, detail);
        gate.Doubted += OnDoubt;
    }

    /// <summary>Makes this incarnation known and begins. The counter store may be away; the ledger may not, and the journal has let nothing go yet.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be reached.</exception>
    public void Start()
    {
        if (_loop is not null)
        {
            throw new InvalidOperationException("The coordinator has been started.");
        }

        _registry.Register(_journal.Incarnation, _journal.NodeId);
        _upkeepAt = _time.GetTimestamp();
        _loop = Task.Run(RunAsync);
        _heart = Task.Run(() => _heartbeat.RunAsync(_stopping.Token));
    }

    /// <summary>
    /// Ends: everything settled is sent and shipped, and this incarnation is closed, so that nobody waits for it. Where that cannot be
    /// done in time the next start of this node does it.
    /// </summary>
    /// <returns>False where something was left to the next start.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loop ?? Task.CompletedTask, _heart ?? Task.CompletedTask);

        // A store that is just being connected anew gets some time; one that is away is not waited for.
        var started = _time.GetTimestamp();
        while (!await TryEndAsync(cancellationToken))
        {
            if (cancellationToken.IsCancellationRequested || _time.GetElapsedTime(started) > _endLimit)
            {
                return false;
            }

            await Task.Delay(_turn, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        _gate.Doubted -= OnDoubt;
        await _stopping.CancelAsync();
        await Task.WhenAll(_loop ?? Task.CompletedTask, _heart ?? Task.CompletedTask);

        _stopping.Dispose();
        _wake.Dispose();
    }

    private async Task<bool> TryEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!_gate.State.IsVerified && await _epochs.VerifyAsync() is null)
            {
                return false;
            }

            await _ledger.FlushAsync(cancellationToken);
            await FlushAsync(cancellationToken);
            await CloseAsync([_journal.Incarnation]);
            await _scripts.BeatAsync("", _journal.Incarnation);
            return true;
        }
        catch (Exception e) when (e is BudgetStoreUnavailableException or LedgerUnavailableException or OperationCanceledException or TimeoutException)
        {
            CoordinationLog.NotVerified(_log, e.Message);
            return false;
        }
    }

    private void OnDoubt(EpochDoubt doubt, string detail)
    {
        CoordinationLog.Doubted(_log, doubt, detail);
        if (doubt is EpochDoubt.Regressed or EpochDoubt.SlotLost)
        {
            _epochs.Lost();
        }

        _isFenced |= doubt == EpochDoubt.Fenced;
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
                await _wake.WaitAsync(_turn, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The one loop that must outlive every failure: without it a store that came back would stay refused.
                CoordinationLog.NotVerified(_log, e.Message);
                await Task.Delay(_turn, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        if (!_gate.State.IsVerified && await _epochs.VerifyAsync() is null)
        {
            return;
        }

        var isDue = _heartbeat.Latest is null || _time.GetElapsedTime(_lookedAt) >= Liveness.Interval;
        if (isDue)
        {
            await _heartbeat.BeatAsync();
            _lookedAt = _time.GetTimestamp();
        }

        if (!_gate.State.IsOpen || isDue)
        {
            await FollowEpochAsync(cancellationToken);
        }

        if (_isFenced)
        {
            Renew();
        }

        if (isDue || _streams.IsDue)
        {
            await _streams.TrySendAsync(cancellationToken);
        }

        await OpenNewSlotsAsync(cancellationToken);
        if (isDue && _gate.State is { IsVerified: true, IsOpen: true, Number: var epoch })
        {
            await EndDeadAsync(epoch, cancellationToken);
            await KeepUpAsync(epoch);
        }

        _settled.Turn(cancellationToken);
    }

    private async Task FollowEpochAsync(CancellationToken cancellationToken)
    {
        if (_registry.ReadEpoch() is not { } epoch || epoch.Number != _gate.State.Number)
        {
            _gate.Doubt(EpochDoubt.EpochChanged, "Another node has begun an epoch.");
            return;
        }

        var unclosed = _registry.ReadUnclosed();
        if (unclosed.FirstOrDefault(i => string.Equals(i.Incarnation, _journal.Incarnation)) is not { } self)
        {
            _registry.Register(_journal.Incarnation, _journal.NodeId);
            return;
        }

        _isFenced |= self.IsExpired;
        if (self.ReplayedEpoch != epoch.Number && !await TryJoinAsync(epoch.Number, cancellationToken))
        {
            return;
        }

        if (epoch.Phase == EpochPhase.Built && unclosed.All(HasReplayed) && _registry.TryOpen(epoch.Number))
        {
            epoch = epoch with { Phase = EpochPhase.Open };
        }

        if (epoch.Phase == EpochPhase.Open && !_gate.State.IsOpen)
        {
            _gate.Open(epoch.Number);
            CoordinationLog.Opened(_log, epoch.Number);
        }

        // Earlier runs of this node have nothing under way: what they had is in this journal, and was replayed with it.
        bool HasReplayed(NodeIncarnation i) =>
            i.IsExpired || i.ReplayedEpoch >= epoch.Number || string.Equals(i.NodeId, _journal.NodeId) || _liveness.IsDead(i.Incarnation, _heartbeat.Latest!);
    }

    /// <summary>Brings what this node has under way to counters that were set without it.</summary>
    private async Task<bool> TryJoinAsync(long epoch, CancellationToken cancellationToken)
    {
        await _streams.RestartAsync(cancellationToken);
        await FlushAsync(cancellationToken);
        if (_gate.State is not { IsVerified: true } state || state.Number != epoch)
        {
            return false;
        }

        _registry.MarkReplayed(_journal.Incarnation, epoch);
        return true;
    }

    /// <summary>Everything that this node and the ledger have for the counters is in them.</summary>
    /// <exception cref="BudgetStoreUnavailableException">The store does not take it.</exception>
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!await _streams.TrySendAsync(cancellationToken))
        {
            throw new BudgetStoreUnavailableException("Redis does not take the ledger's settlements.");
        }

        await _budgets.FlushAsync(cancellationToken).WaitAsync(_flushLimit, _time, cancellationToken);
    }

    /// <summary>Makes the counters of new tenants before their first call waits for it.</summary>
    private async Task OpenNewSlotsAsync(CancellationToken cancellationToken)
    {
        var epoch = _gate.State.Number;
        if (epoch != _knownEpoch)
        {
            _knownSlots = [.. _registry.ReadSlots(epoch)];
            _knownEpoch = epoch;
        }

        foreach (var slot in _slots().All)
        {
            if (_knownSlots.Add(slot))
            {
                await _opener.OpenAsync(slot, epoch, cancellationToken);
            }
        }
    }

    private void Renew()
    {
        _journal.Renew();
        _registry.Register(_journal.Incarnation, _journal.NodeId);
        _registry.MarkReplayed(_journal.Incarnation, _gate.State.Number);
        (_isFenced, _lookedAt) = (false, 0);
        CoordinationLog.Renewed(_log, _journal.Incarnation);
    }

    private async Task EndDeadAsync(long epoch, CancellationToken cancellationToken)
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
            else if (!other.IsExpired && _liveness.IsDead(other.Incarnation, _heartbeat.Latest!))
            {
                await _dead.ExpireAsync(other.Incarnation, slots ??= _registry.ReadSlots(epoch), epoch);
                await _scripts.BeatAsync("", other.Incarnation);
            }
        }

        if (earlier.Count > 0)
        {
            await EndEarlierAsync(earlier, slots ?? _registry.ReadSlots(epoch), epoch, cancellationToken);
        }
    }

    /// <summary>Ends the earlier runs of this node: their records are in the counters, their holds are gone, nobody waits for them.</summary>
    private async Task EndEarlierAsync(List<string> earlier, IReadOnlyList<string> slots, long epoch, CancellationToken cancellationToken)
    {
        await _ledger.FlushAsync(cancellationToken);
        foreach (var settlement in new JournalSettlements(_journal, _time).Read(JournalPosition.Start, earlier.ToHashSet(StringComparer.Ordinal)))
        {
            _budgets.Settle(settlement);
        }

        await FlushAsync(cancellationToken);
        foreach (var incarnation in earlier)
        {
            await _dead.ReleaseEarlierAsync(incarnation, slots, epoch);
        }

        await FlushAsync(cancellationToken);
        await CloseAsync(earlier);
        await _scripts.BeatAsync("", earlier);
    }

    private async Task CloseAsync(IReadOnlyList<string> incarnations)
    {
        foreach (var incarnation in incarnations)
        {
            _registry.Close(incarnation);
        }

        var epoch = _gate.State.Number;
        await _scripts.ForgetAsync(_registry.ReadSlots(epoch), epoch, incarnations);
    }

    private async Task KeepUpAsync(long epoch)
    {
        if (_time.GetElapsedTime(_upkeepAt) < _upkeep)
        {
            return;
        }

        _upkeepAt = _time.GetTimestamp();
        var slots = _registry.ReadSlots(epoch);
        await _dead.ExpireOverdueAsync(slots, epoch);
        await _scripts.TrimAsync(slots, epoch, _time.GetUtcNow());
    }
}
