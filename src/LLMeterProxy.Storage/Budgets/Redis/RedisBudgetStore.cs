using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>
/// Caps of many nodes on one Redis: every reservation is one script on the tenant's slot and, where global budgets or the owner
/// of a shared key apply, one more on each foreign slot in ordinal order, given back where a later one refuses. What is
/// admitted is held in Redis before anything is dispatched; settlements follow off the response path. Whatever keeps Redis from
/// answering within the operation time-out is <see cref="ReserveOutcome.Unverifiable"/>, and whatever makes its counters
/// doubtful closes the <see cref="BudgetEpoch"/> until they are verified.
/// </summary>
public sealed class RedisBudgetStore : IBudgetStore, IAsyncDisposable
{
    private static readonly ReserveResult _unverifiable = new(ReserveOutcome.Unverifiable);

    private readonly BudgetScriptClient _scripts;
    private readonly BudgetEpoch _gate;
    private readonly IBudgetObserver _observer;
    private readonly RedisBudgetOptions _options;
    private readonly TimeProvider _time;
    private readonly HoldsInFlight _holds = new();
    private readonly LatestBalances _balances = new();
    private readonly DenialCache _denials;
    private readonly SlotReservation _slots;
    private readonly SettlementRound _rounds;
    private readonly SettlementSender _sender;

    /// <param name="measureClock">Measures this node's offset to the server's clock anew; completes soon, whatever comes of it.</param>
    public RedisBudgetStore(
        BudgetScriptClient scripts,
        BudgetEpoch gate,
        ISlotOpener opener,
        IUnsettledSource source,
        Func<Task> measureClock,
        RedisBudgetOptions options,
        TimeProvider time,
        ILogger<RedisBudgetStore> log,
        IBudgetObserver? observer = null)
    {
        _scripts = scripts;
        _gate = gate;
        _observer = observer ?? SilentBudgetObserver.Instance;
        _options = options;
        _time = time;
        _denials = new DenialCache(options.DenialLifetime, time);
        var opening = new SlotOpening(opener, options, time, log);
        _slots = new SlotReservation(scripts, gate, opening, measureClock);
        _rounds = new SettlementRound(scripts, gate, opening, _holds, _balances, _observer);
        _sender = new SettlementSender(scripts, gate, _rounds, opening, source, _holds, options.QueueCapacity, time, log);
    }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <summary>Holds of this node that are in flight or whose end is on its way.</summary>
    public int HoldCount => _holds.Count;

    /// <summary>Settlements and releases that wait to be sent.</summary>
    public int QueueDepth => _sender.Depth;

    /// <summary>A call of this node rests on the hold.</summary>
    internal bool IsInFlight(RequestId reservation) => _holds.Find(reservation) is not null;

    /// <inheritdoc/>
    public ValueTask<ReserveResult> ReserveAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(reservation.Amount.Value);
        ArgumentOutOfRangeException.ThrowIfNegative(reservation.EstimatedTokens);
        var epoch = _gate.State;
        if (!epoch.IsVerified || (!epoch.IsOpen && HasHardBudget(reservation)))
        {
            return new ValueTask<ReserveResult>(_unverifiable);
        }

        var known = _holds.Find(reservation.Id);
        if (known is null && _denials.Find(reservation) is { } denial)
        {
            return new ValueTask<ReserveResult>(denial);
        }

        return known is null or { IsLive: true }
            ? ReserveAsync(reservation, epoch.Number)
            : ReserveAnewAsync(reservation, epoch.Number, cancellationToken);
    }

    /// <inheritdoc/>
    public void Settle(Settlement settlement)
    {
        if (_holds.Find(settlement.ReservationId) is { } hold)
        {
            if (settlement.EndsHold)
            {
                hold.Settling();
            }
            else
            {
                hold.Settled(settlement.Attempt);
            }
        }

        if (settlement.Cost.Value < 0)
        {
            for (var i = 0; i < settlement.Budgets.Count; i++)
            {
                _denials.Remove(settlement.Budgets[i]);
            }
        }

        _sender.Enqueue(new PendingStep(settlement));
    }

    /// <inheritdoc/>
    public void Release(string tenant, RequestId reservationId)
    {
        var hold = _holds.Find(reservationId);
        if (hold is null || hold.Releasing())
        {
            _sender.Enqueue(new PendingStep(Release: new PendingRelease(tenant, reservationId, hold?.Foreign ?? [], IsUndone: false)));
        }
    }

    /// <inheritdoc/>
    public BudgetBalance Read(BudgetWindowKey key) => _balances.Read(key);

    /// <inheritdoc/>
    public async ValueTask<BudgetBalance> ReadAsync(BudgetWindowKey key, CancellationToken cancellationToken)
    {
        var epoch = _gate.State;
        if (!epoch.IsVerified)
        {
            return Read(key);
        }

        var (status, balance) = await _scripts.ReadAsync(key, epoch.Number);
        _gate.Judge(status, key.Slot);
        if (status != ScriptStatus.Ok)
        {
            return Read(key);
        }

        _balances.Set(key, balance);
        return balance;
    }

    /// <summary>
    /// Completes when every settlement and release so far is applied; where an epoch has begun, also when the holds in flight and
    /// the journal's tail are in it, so that this node has replayed.
    /// </summary>
    public Task FlushAsync(CancellationToken cancellationToken) => _sender.FlushAsync(cancellationToken);

    /// <summary>
    /// Applies settlements of a stream that is not in this node's journal, the ledger's own, in order and past the queue; the
    /// caller repeats them until this is true.
    /// </summary>
    /// <returns>False where they may not all be applied.</returns>
    public Task<bool> TryApplyAsync(IReadOnlyList<Settlement> settlements) =>
        _gate.State is { IsVerified: true } epoch ? _rounds.TryApplyAsync(settlements, epoch.Number) : Task.FromResult(false);

    /// <summary>Drops latest figures of windows long over. For a timer, about hourly.</summary>
    public void Trim(DateTimeOffset now) => _balances.Trim(now);

    /// <summary>Ends the sender at once; what it has not sent is in the journal. Flush first.</summary>
    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    private static bool HasHardBudget(Reservation reservation)
    {
        for (var i = 0; i < reservation.Budgets.Count; i++)
        {
            if (reservation.Budgets[i].Budget.Mode == BudgetMode.Hard)
            {
                return true;
            }
        }

        return false;
    }

    // The hold of an earlier attempt under the same id is about to end: its end must not take the new one with it.
    private async ValueTask<ReserveResult> ReserveAnewAsync(Reservation reservation, long epoch, CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken).WaitAsync(_options.OperationTimeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return _unverifiable;
        }

        return await ReserveAsync(reservation, epoch);
    }

    // Once it is sent, nothing cancels it: the operation time-out ends it soon enough, and a hold that nobody knows of would stay.
    private async ValueTask<ReserveResult> ReserveAsync(Reservation reservation, long epoch)
    {
        var foreign = CallSlots.ForeignTo(reservation);
        var own = await _slots.ReserveAsync(reservation.Tenant, epoch, reservation, isCheck: false, CallSlots.Join(foreign));
        var effect = own.Effect;
        if (own.Status == ScriptStatus.Ok)
        {
            _balances.Set(own.Balances);
            if (foreign.Length > 0)
            {
                effect = await ReserveForeignAsync(reservation, foreign, epoch, effect);
            }
        }
        else if (own.Status is ScriptStatus.TimedOut or ScriptStatus.Disconnected)
        {
            Abandon(reservation, foreign);
        }

        if (!effect.Result.IsGranted)
        {
            _denials.Add(effect.Result, reservation.Amount);
            return effect.Result;
        }

        _holds.Add(reservation, foreign);
        if (_gate.State.Number != epoch)
        {
            // A rebuild came between, and may have looked for holds in flight before this was one.
            Release(reservation.Tenant, reservation.Id);
            return _unverifiable;
        }

        for (var i = 0; i < (effect.ShadowRefusals?.Count ?? 0); i++)
        {
            _observer.ShadowRefusal(reservation.Tenant, effect.ShadowRefusals![i]);
        }

        return effect.Result;
    }

    /// <summary>Holds on the foreign slots one after the other. After a refusal, the rest only say whether theirs is more final.</summary>
    private async ValueTask<ReserveEffect> ReserveForeignAsync(
        Reservation reservation, string[] foreign, long epoch, ReserveEffect effect)
    {
        var isOwnHeld = effect.Result.IsGranted;
        var held = 0;
        for (var i = 0; i < foreign.Length; i++)
        {
            var isCheck = !effect.Result.IsGranted;
            var reply = await _slots.ReserveAsync(foreign[i], epoch, reservation, isCheck, "");
            if (reply.Status != ScriptStatus.Ok)
            {
                if (isOwnHeld)
                {
                    Abandon(reservation, foreign);
                }

                return reply.Effect;
            }

            _balances.Set(reply.Balances);
            effect = ReserveEffect.MostFinal(effect, reply.Effect);
            held += !isCheck && reply.Effect.Result.IsGranted ? 1 : 0;
        }

        return effect.Result.IsGranted || !isOwnHeld || await TryUndoAsync(reservation, foreign, held, epoch)
            ? effect
            : new ReserveEffect(_unverifiable);
    }

    // Before the refusal is answered: the caller may ask for less under the same id at once.
    private async ValueTask<bool> TryUndoAsync(Reservation reservation, string[] foreign, int held, long epoch)
    {
        for (var i = held - 1; i >= -1; i--)
        {
            var slot = i < 0 ? reservation.Tenant : foreign[i];
            var (status, _) = await _scripts.ReleaseAsync(slot, epoch, reservation.Id, isUndone: true);
            if (status != ScriptStatus.Ok)
            {
                _gate.Judge(status, slot);
                Abandon(reservation, foreign);
                return false;
            }
        }

        return true;
    }

    // Nobody knows whether it is held, and the call is not admitted: released as soon as that can be said.
    private void Abandon(Reservation reservation, string[] foreign)
    {
        if (_holds.Add(reservation, foreign).Releasing())
        {
            _sender.Enqueue(new PendingStep(Release: new PendingRelease(reservation.Tenant, reservation.Id, foreign, IsUndone: true)));
        }
    }
}
