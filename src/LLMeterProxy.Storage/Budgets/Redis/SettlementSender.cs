using System.Threading.Channels;
using LLMeterProxy.Core.Budgets;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>
/// Carries settlements and releases to the slots, off the response path: a bounded queue and one reader, which takes what has
/// gathered while the round before it was on its way. It keeps the order of each stream, because a watermark hides whatever
/// comes after a later one. It never gives up; where the queue overflowed, or an epoch began whose counters come from the
/// ledger, it takes everything from the journal again before it goes on.
/// </summary>
internal sealed class SettlementSender : IAsyncDisposable
{
    private const int MostPerRound = 1_024;

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMilliseconds(250);

    private readonly Channel<PendingStep> _queue;
    private readonly BudgetScriptClient _scripts;
    private readonly BudgetEpoch _gate;
    private readonly SettlementRound _rounds;
    private readonly SlotOpening _opening;
    private readonly IUnsettledSource _source;
    private readonly HoldsInFlight _holds;
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TaskCompletionSource> _flushes = [];
    private readonly Task _running;
    private bool _hasOverflowed;
    private bool _isDisposed;
    private long _epoch;

    public SettlementSender(
        BudgetScriptClient scripts,
        BudgetEpoch gate,
        SettlementRound rounds,
        SlotOpening opening,
        IUnsettledSource source,
        HoldsInFlight holds,
        int capacity,
        TimeProvider time,
        ILogger log)
    {
        _scripts = scripts;
        _gate = gate;
        _rounds = rounds;
        _opening = opening;
        _source = source;
        _holds = holds;
        _time = time;
        _capacity = capacity;
        _log = log;
        _queue = Channel.CreateBounded<PendingStep>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _running = Task.Run(RunAsync);
    }

    /// <summary>Steps that wait.</summary>
    public int Depth => _queue.Reader.Count;

    /// <summary>Settlements were not queued; they are read from the journal once there is room.</summary>
    public bool HasOverflowed => Volatile.Read(ref _hasOverflowed);

    /// <summary>Never blocks. What does not fit is in the journal, or, a release, among the holds in flight.</summary>
    public void Enqueue(in PendingStep step)
    {
        // After the first one that did not fit none may pass, or a watermark would hide it for ever.
        if (!Volatile.Read(ref _hasOverflowed) && !_queue.Writer.TryWrite(step))
        {
            Volatile.Write(ref _hasOverflowed, true);
            RedisBudgetLog.Overflowed(_log, _capacity);
            _queue.Writer.TryWrite(default); // The reader may have emptied the queue meanwhile, and has to see that it overflowed.
        }
    }

    /// <summary>Completes when everything queued or journalled so far is applied.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new PendingStep(Flush: flushed), cancellationToken);
        await flushed.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // A container that knows the store by two names disposes it twice.
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stop.CancelAsync();
        _queue.Writer.TryComplete();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_stop.Token))
            {
                await SendAsync();
                if (HasOverflowed && _queue.Reader.Count == 0)
                {
                    // Taken back before the journal is read: what is journalled from now on is queued, behind what is read.
                    Volatile.Write(ref _hasOverflowed, false);
                    await ResendAsync();
                }

                if (!HasOverflowed)
                {
                    _flushes.ForEach(static f => f.TrySetResult());
                    _flushes.Clear();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped. What is left is in the journal.
        }

        _flushes.ForEach(static f => f.TrySetCanceled());
        while (_queue.Reader.TryRead(out var step))
        {
            step.Flush?.TrySetCanceled();
        }
    }

    private async Task SendAsync()
    {
        var (settlements, releases) = (new List<Settlement>(), new List<PendingRelease>());
        while (settlements.Count + releases.Count < MostPerRound && _queue.Reader.TryRead(out var step))
        {
            if (step.Settlement is { } settlement)
            {
                settlements.Add(settlement);
            }
            else if (step.Release is { } release)
            {
                releases.Add(release);
            }
            else if (step.Flush is { } flush)
            {
                _flushes.Add(flush);
            }
        }

        await CatchUpAsync();
        await ApplyAsync(settlements);
        foreach (var release in releases)
        {
            await UntilDoneAsync(epoch => TryReleaseAsync(release, epoch));
        }
    }

    private async Task ApplyAsync(List<Settlement> settlements)
    {
        if (settlements.Count == 0)
        {
            return;
        }

        await UntilDoneAsync(epoch => _rounds.TryApplyAsync(settlements, epoch));
        Applied(settlements, _epoch);
    }

    private void Applied(List<Settlement> settlements, long epoch)
    {
        foreach (var settlement in settlements)
        {
            if (settlement.EndsHold && _holds.Find(settlement.ReservationId) is { IsLive: false } ended)
            {
                _holds.Remove(ended);
            }

            _source.Applied(settlement, epoch);
        }
    }

    /// <summary>Repeats a step until it went through, in the epoch that this sender has caught up with.</summary>
    private async Task UntilDoneAsync(Func<long, Task<bool>> step)
    {
        for (var pause = _firstPause; ; pause = pause * 2 < _longestPause ? pause * 2 : _longestPause)
        {
            await CatchUpAsync();
            if (_gate.State.IsVerified && await step(_epoch))
            {
                return;
            }

            await Task.Delay(pause, _time, _stop.Token);
        }
    }

    /// <summary>
    /// Brings the holds in flight, then all that the ledger does not have, into an epoch that began. Nothing else may be sent into
    /// it before: a later settlement would hide the earlier ones that the rebuild took away.
    /// </summary>
    private async Task CatchUpAsync()
    {
        while (_gate.State is { IsVerified: true } state && state.Number != _epoch)
        {
            if (await TryReholdAsync(state.Number) && await TryResendAsync(state.Number))
            {
                _epoch = state.Number;
                RedisBudgetLog.Replayed(_log, _epoch, _holds.Count);
                return;
            }

            await Task.Delay(_firstPause, _time, _stop.Token);
        }
    }

    private async Task<bool> TryReholdAsync(long epoch)
    {
        foreach (var hold in _holds.All)
        {
            // One whose settlement is under way is not brought back: the ledger may have it already, and then nothing would end it.
            if (!hold.IsLive)
            {
                continue;
            }

            foreach (var slot in (string[])[hold.Call.Tenant, .. hold.Foreign])
            {
                var status = await _scripts.ReholdAsync(slot, epoch, hold.Call, hold.Attempt);
                if (status == ScriptStatus.Absent && await _opening.TryAsync(slot, epoch))
                {
                    status = await _scripts.ReholdAsync(slot, epoch, hold.Call, hold.Attempt);
                    _gate.Judge(status, slot, wasOpened: true);
                }

                if (status != ScriptStatus.Ok)
                {
                    _gate.Judge(status, slot);
                    return false;
                }
            }
        }

        return true;
    }

    private async Task ResendAsync() => await UntilDoneAsync(TryResendAsync);

    private async Task<bool> TryResendAsync(long epoch)
    {
        try
        {
            return await TryReadAndApplyAsync(epoch);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            RedisBudgetLog.NotRead(_log, e);
            return false;
        }
    }

    private async Task<bool> TryReadAndApplyAsync(long epoch)
    {
        var round = new List<Settlement>();
        await foreach (var settlement in _source.ReadAsync(epoch, _stop.Token))
        {
            round.Add(settlement);
            if (round.Count == MostPerRound && !await TryApplyAsync())
            {
                return false;
            }
        }

        if (!await TryApplyAsync())
        {
            return false;
        }

        foreach (var hold in _holds.All)
        {
            if (hold.IsReleasing && !await TryReleaseAsync(new PendingRelease(hold.Call.Tenant, hold.Call.Id, hold.Foreign, IsUndone: false), epoch))
            {
                return false;
            }
        }

        return true;

        async Task<bool> TryApplyAsync()
        {
            if (round.Count > 0 && !await _rounds.TryApplyAsync(round, epoch))
            {
                return false;
            }

            Applied(round, epoch);
            round.Clear();
            return true;
        }
    }

    private async Task<bool> TryReleaseAsync(PendingRelease release, long epoch)
    {
        foreach (var slot in release.Foreign)
        {
            if (!IsReleased(await _scripts.ReleaseAsync(slot, epoch, release.Id, release.IsUndone), slot))
            {
                return false;
            }
        }

        var own = await _scripts.ReleaseAsync(release.Tenant, epoch, release.Id, release.IsUndone);
        if (!IsReleased(own, release.Tenant))
        {
            return false;
        }

        foreach (var slot in own.Slots.Except(release.Foreign, StringComparer.Ordinal))
        {
            if (!IsReleased(await _scripts.ReleaseAsync(slot, epoch, release.Id, release.IsUndone), slot))
            {
                return false;
            }
        }

        if (_holds.Find(release.Id) is { IsReleasing: true } hold)
        {
            _holds.Remove(hold);
        }

        return true;
    }

    private bool IsReleased((ScriptStatus Status, string[] Slots) reply, string slot)
    {
        _gate.Judge(reply.Status, slot);
        return reply.Status is ScriptStatus.Ok or ScriptStatus.Absent; // Where there is no slot there is no hold.
    }
}
