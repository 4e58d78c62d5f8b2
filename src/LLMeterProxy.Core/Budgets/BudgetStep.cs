using System.Runtime.InteropServices;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// The whole protocol of caps and rate limits for one slot, as a pure step: (state, event) → (state, effects), one method
/// per event. No clock, no I/O, no randomness: instants come with the events, so the same events give the same state
/// everywhere. The state is updated in place: its owner is its only observer, so nobody can tell that from a copy,
/// and a copy per request would cost more than the request. Stores differ in how they serialise and carry the steps,
/// never in what a step does.
/// <list type="bullet">
/// <item>A reservation holds on every budget of the slot or on none (A11); rate limits come first.</item>
/// <item>After a hard grant above 0, spent + held ≤ limit (I5). Held is the sum of the live holds (I4).</item>
/// <item>A settlement is never refused: a cost above its hold is counted in full (I6), once per stream sequence (I9).</item>
/// <item>The stored outcome of a reservation is its live hold; there are no tombstones, so that a refused call may ask
/// again for less, and a further attempt of a settled call may hold anew, under the same parent id.</item>
/// </list>
/// </summary>
public static class BudgetStep
{
    // A late settlement may still come for a window that ended; after this nobody asks for its counter again.
    private static readonly TimeSpan KeptAfterWindow = TimeSpan.FromDays(2);

    private static readonly TimeSpan KeptIdleGate = TimeSpan.FromDays(1);

    /// <summary>Reserves on this slot alone: <see cref="Check"/> and, where granted, <see cref="Hold"/>.</summary>
    public static ReserveEffect Reserve(BudgetSlot slot, Reservation reservation)
    {
        var effect = Check(slot, reservation);
        if (effect.Result.IsGranted)
        {
            Hold(slot, reservation);
        }

        return effect;
    }

    /// <summary>
    /// Decides without holding, so that a call over several slots holds on all or on none; nothing may change between this
    /// and <see cref="Hold"/>. A reservation that is held already is granted again (A13, T105).
    /// </summary>
    /// <exception cref="OverflowException">The holds of a budget that never refuses would exceed int64 nano-USD.</exception>
    public static ReserveEffect Check(BudgetSlot slot, Reservation reservation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(reservation.Amount.Value);
        ArgumentOutOfRangeException.ThrowIfNegative(reservation.EstimatedTokens);
        if (slot.Fenced.Count > 0 && slot.Fenced.Contains(reservation.Incarnation))
        {
            return new ReserveEffect(new ReserveResult(ReserveOutcome.Unverifiable));
        }

        if (slot.Holds.ContainsKey(reservation.Id))
        {
            return new ReserveEffect(new ReserveResult(ReserveOutcome.Granted));
        }

        return ReserveDecision.Of(slot, reservation);
    }

    /// <summary>Holds what <see cref="Check"/> granted. Nothing where it is held already.</summary>
    public static void Hold(BudgetSlot slot, Reservation reservation)
    {
        if (slot.Holds.ContainsKey(reservation.Id))
        {
            return;
        }

        var counters = Counters(slot, reservation);
        for (var i = 0; i < counters.Length; i++)
        {
            AssertWithinLimit(counters[i], reservation.Budgets[i].Budget, reservation.Amount.Value);
        }

        var gates = Gates(slot, reservation);
        for (var i = 0; i < gates.Length; i++)
        {
            gates[i]?.Enter(reservation.Limits[i].Limits, reservation.At, reservation.EstimatedTokens);
        }

        slot.Holds.Add(reservation.Id, new BudgetHold(reservation, counters, gates));
        slot.Operations++;
    }

    /// <summary>
    /// Turns a hold into spend. The cost goes to the counters that the settlement names, whatever the hold was and whether
    /// it is still known: after a rebuild it is not. Budgets of other slots are left to those. A fenced incarnation is heard
    /// too: what was really spent counts whenever it arrives, and the watermark sees to once.
    /// </summary>
    public static SettleEffect Settle(BudgetSlot slot, Settlement settlement)
    {
        var stream = (settlement.Tenant, settlement.Incarnation);
        ref var watermark = ref CollectionsMarshal.GetValueRefOrAddDefault(slot.Watermarks, stream, out _);
        if (settlement.Sequence <= watermark)
        {
            return default;
        }

        watermark = settlement.Sequence;
        slot.Operations++;
        slot.Holds.TryGetValue(settlement.ReservationId, out var hold);
        var overshoot = BudgetCharge.Of(slot, settlement, hold);
        if (hold is null)
        {
            return new SettleEffect(Applied: true, overshoot);
        }

        CorrectTokens(hold, settlement);
        if (!settlement.EndsHold)
        {
            hold.Attempt = Math.Max(hold.Attempt, settlement.Attempt + 1);
            return new SettleEffect(Applied: true, overshoot);
        }

        End(slot, hold);
        return new SettleEffect(Applied: true, overshoot, hold.Reservation);
    }

    /// <summary>Ends a hold without spend and gives its tokens back; the request itself stays counted.</summary>
    /// <param name="isUndone">Another slot refused the call, so that nothing of it may stay, the counted request neither.</param>
    /// <returns>The reservation whose hold ended; null where there is none.</returns>
    public static Reservation? Release(BudgetSlot slot, RequestId reservationId, bool isUndone = false)
    {
        if (!slot.Holds.TryGetValue(reservationId, out var hold))
        {
            return null;
        }

        for (var i = 0; i < hold.Gates.Length; i++)
        {
            hold.Gates[i]?.GiveBack(hold.Reservation.Limits[i].Limits, hold.EstimatedTokens);
            if (isUndone)
            {
                hold.Gates[i]?.GiveBackRequest(hold.Reservation.Limits[i].Limits);
            }
        }

        slot.Operations++;
        End(slot, hold);
        return hold.Reservation;
    }

    /// <summary>
    /// Declares an incarnation dead: its holds go to a live one, which charges those of this tenant that are returned. They
    /// stay held until that charge settles, so that room never opens between the two; and because they have an owner, only
    /// one node charges them, and should that one die too, a third can take them over. The dead one is fenced: should it come
    /// back, it reserves nothing any more (T102).
    /// </summary>
    public static IReadOnlyList<ExpiredHold> Expire(BudgetSlot slot, string incarnation, string newOwner)
    {
        if (slot.Fenced.Add(incarnation))
        {
            slot.Operations++;
        }

        var orphans = new List<ExpiredHold>();
        foreach (var hold in slot.Holds.Values)
        {
            if (string.Equals(hold.Owner, incarnation))
            {
                HandOver(slot, hold, newOwner, orphans);
            }
        }

        return orphans;
    }

    /// <summary>
    /// Hands over the holds that were reserved before an instant, whoever owns them, once: no call lasts that long. One in a
    /// foreign slot is ended by the charge of the one at its tenant; where that charge never found it, it ends without spend
    /// once it is as old again, because what a call spends is counted whether or not its hold is known.
    /// </summary>
    /// <param name="abandonedBefore">Earlier than <paramref name="before"/>: foreign holds older than this end.</param>
    public static IReadOnlyList<ExpiredHold> ExpireOverdue(BudgetSlot slot, DateTimeOffset before, DateTimeOffset abandonedBefore, string newOwner)
    {
        var orphans = new List<ExpiredHold>();
        foreach (var hold in slot.Holds.Values)
        {
            var at = hold.Reservation.At;
            if (at < abandonedBefore && !string.Equals(hold.Reservation.Tenant, slot.Name))
            {
                slot.Operations++;
                End(slot, hold);
            }
            else if (at < before && !hold.IsExpired)
            {
                HandOver(slot, hold, newOwner, orphans);
            }
        }

        return orphans;
    }

    /// <summary>
    /// Takes a hold in flight back after a rebuild, without a check: the call is under way. Its rate state was lost, so that
    /// its tokens are debited by its settlement alone.
    /// </summary>
    /// <returns>False where its incarnation is fenced: others have charged what it held.</returns>
    public static bool Rehold(BudgetSlot slot, Reservation reservation, int attempt)
    {
        if (slot.Fenced.Contains(reservation.Incarnation))
        {
            return false;
        }

        if (slot.Holds.ContainsKey(reservation.Id))
        {
            return true;
        }

        var gates = Gates(slot, reservation);
        foreach (var gate in gates)
        {
            gate?.Rejoin();
        }

        slot.Holds.Add(reservation.Id, new BudgetHold(reservation, Counters(slot, reservation), gates) { EstimatedTokens = 0, Attempt = attempt });
        slot.Operations++;
        return true;
    }

    /// <summary>Drops the watermarks and the fence of an incarnation that will never be heard of again.</summary>
    public static void Forget(BudgetSlot slot, string incarnation)
    {
        var changed = slot.Fenced.Remove(incarnation);
        foreach (var stream in slot.Watermarks.Keys)
        {
            if (string.Equals(stream.Incarnation, incarnation))
            {
                changed |= slot.Watermarks.Remove(stream);
            }
        }

        if (changed)
        {
            slot.Operations++;
        }
    }

    /// <summary>Sets what a window has spent, and never adds (A12). Live holds stay.</summary>
    public static void Load(BudgetSlot slot, BudgetWindowKey key, NanoUsd spent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(spent.Value);
        var counter = slot.Counter(key);
        counter.Spent = spent.Value;
        slot.Operations++;
    }

    /// <summary>Sets how far the figures given to <see cref="Load"/> contain a settlement stream; never lowers it.</summary>
    public static void LoadWatermark(BudgetSlot slot, string tenant, string incarnation, long sequence)
    {
        var stream = (tenant, incarnation);
        if (sequence > slot.Watermarks.GetValueOrDefault(stream))
        {
            slot.Watermarks[stream] = sequence;
            slot.Operations++;
        }
    }

    /// <summary>Raises the epoch.</summary>
    /// <returns>False where the slot is at a later epoch: the caller is the one that is behind.</returns>
    public static bool Fence(BudgetSlot slot, long epoch)
    {
        if (epoch > slot.Epoch)
        {
            slot.Epoch = epoch;
            slot.Operations++;
        }

        return epoch == slot.Epoch;
    }

    /// <summary>Drops counters without holds whose window ended more than two days ago, and gates idle for a day. Never a current one.</summary>
    public static void Trim(BudgetSlot slot, DateTimeOffset now)
    {
        foreach (var (key, counter) in slot.Counters)
        {
            if (counter.Holds == 0 && now - counter.WindowEnd > KeptAfterWindow)
            {
                slot.Counters.Remove(key);
            }
        }

        foreach (var (scope, gate) in slot.Gates)
        {
            if (gate.Live == 0 && now - gate.LatestUse > KeptIdleGate)
            {
                slot.Gates.Remove(scope);
            }
        }
    }

    // The counters that a hold rests on, by index of its budgets, with the hold on them.
    private static BudgetCounter?[] Counters(BudgetSlot slot, Reservation reservation)
    {
        var budgets = reservation.Budgets;
        var counters = budgets.Count == 0 ? [] : new BudgetCounter?[budgets.Count];
        for (var i = 0; i < budgets.Count; i++)
        {
            if (string.Equals(budgets[i].Slot, slot.Name))
            {
                var counter = slot.Counter(budgets[i].Key);
                counter.Held += reservation.Amount.Value;
                counter.Holds++;
                counter.WindowEnd = budgets[i].Window.End;
                counters[i] = counter;
            }
        }

        return counters;
    }

    private static RateGate?[] Gates(BudgetSlot slot, Reservation reservation)
    {
        var limits = reservation.Limits;
        var gates = limits.Count == 0 ? [] : new RateGate?[limits.Count];
        for (var i = 0; i < limits.Count; i++)
        {
            gates[i] = string.Equals(limits[i].Slot, slot.Name) ? slot.Gate(limits[i].Scope) : null;
        }

        return gates;
    }

    // A hold in a foreign slot is part of the one at its tenant, which alone is charged.
    private static void HandOver(BudgetSlot slot, BudgetHold hold, string newOwner, List<ExpiredHold> orphans)
    {
        hold.Owner = newOwner;
        hold.IsExpired = true;
        slot.Operations++;
        if (string.Equals(hold.Reservation.Tenant, slot.Name))
        {
            orphans.Add(new ExpiredHold(hold.Reservation, hold.Attempt));
        }
    }

    private static void CorrectTokens(BudgetHold hold, Settlement settlement)
    {
        var limits = hold.Reservation.Limits;
        var rest = settlement.Tokens - hold.EstimatedTokens;
        hold.EstimatedTokens = 0;
        for (var i = 0; i < hold.Gates.Length; i++)
        {
            hold.Gates[i]?.Correct(limits[i].Limits, settlement.At, rest);
        }
    }

    private static void End(BudgetSlot slot, BudgetHold hold)
    {
        slot.Holds.Remove(hold.Reservation.Id);
        foreach (var counter in hold.Counters)
        {
            if (counter is not null)
            {
                counter.Held -= hold.Reservation.Amount.Value;
                counter.Holds--;
                AssertNotNegative(counter);
            }
        }

        foreach (var gate in hold.Gates)
        {
            gate?.Leave();
        }
    }

    private static void AssertWithinLimit(BudgetCounter? counter, Budget budget, long amount)
    {
        if (budget.Mode == BudgetMode.Hard && amount > 0 && counter?.Held > budget.Limit.Value - counter?.Spent)
        {
            throw new InvalidOperationException($"Budget {budget.Id} was granted above its limit: a hold without its check.");
        }
    }

    private static void AssertNotNegative(BudgetCounter counter)
    {
        if (counter.Held < 0 || counter.Holds < 0)
        {
            throw new InvalidOperationException("A counter holds less than nothing: a hold ended twice.");
        }
    }
}
