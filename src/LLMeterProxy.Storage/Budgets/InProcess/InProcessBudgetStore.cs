using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Budgets.InProcess;

/// <summary>
/// Caps of one node without Redis, as exact as with it (A17): each slot is a <see cref="BudgetSlot"/> under a lock of its
/// own, and a call over several slots takes their locks in ordinal order and all before the first check, so that it holds
/// on all or on none and no two calls can wait for each other. Everything completes synchronously and nothing is durable:
/// at start the counters come from the ledger by <see cref="Load"/> and <see cref="LoadWatermark"/>, then the journal's tail
/// and its open intents are replayed by <see cref="Settle"/> and <see cref="ReserveAsync"/>.
/// </summary>
public sealed class InProcessBudgetStore(IBudgetObserver? observer = null) : IBudgetStore
{
    private readonly IBudgetObserver _observer = observer ?? SilentBudgetObserver.Instance;
    private readonly ConcurrentDictionary<string, LockedSlot> _slots = new(StringComparer.Ordinal);

    /// <summary>Live holds of all slots; a call that holds on two slots counts on both.</summary>
    public int HoldCount
    {
        get
        {
            var count = 0;
            foreach (var slot in _slots.Values)
            {
                lock (slot.Gate)
                {
                    count += slot.State.HoldCount;
                }
            }

            return count;
        }
    }

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public ValueTask<ReserveResult> ReserveAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        var home = Slot(reservation.Tenant);
        var effect = IsWithin(reservation, home.State.Name) ? ReserveOn(home, reservation) : ReserveOnAll(home, reservation);
        if (effect.ShadowRefusals is { } shadows)
        {
            foreach (var budget in shadows)
            {
                _observer.ShadowRefusal(reservation.Tenant, budget);
            }
        }

        return new ValueTask<ReserveResult>(effect.Result);
    }

    /// <inheritdoc/>
    public void Settle(Settlement settlement)
    {
        var overshoot = NanoUsd.Zero;
        Step(
            Slot(settlement.Tenant),
            settlement.ReservationId,
            settlement.Budgets,
            slot => overshoot = NanoUsd.Max(overshoot, BudgetStep.Settle(slot, settlement).Overshoot));
        if (overshoot > NanoUsd.Zero)
        {
            _observer.Overshoot(settlement.Tenant, overshoot);
        }
    }

    /// <inheritdoc/>
    public void Release(string tenant, RequestId reservationId) =>
        Step(Slot(tenant), reservationId, [], slot => BudgetStep.Release(slot, reservationId));

    /// <inheritdoc/>
    public BudgetBalance Read(BudgetWindowKey key)
    {
        if (!_slots.TryGetValue(key.Slot, out var slot))
        {
            return default;
        }

        lock (slot.Gate)
        {
            return slot.State.Read(key);
        }
    }

    /// <inheritdoc/>
    public ValueTask<BudgetBalance> ReadAsync(BudgetWindowKey key, CancellationToken cancellationToken) => new(Read(key));

    /// <summary>Sets (never adds, A12) what a window has spent, from the ledger: at start-up.</summary>
    public void Load(BudgetWindowKey key, NanoUsd spent)
    {
        var slot = Slot(key.Slot);
        lock (slot.Gate)
        {
            BudgetStep.Load(slot.State, key, spent);
        }
    }

    /// <summary>
    /// Says up to which sequence the loaded figures contain a stream, so that replaying the journal's tail counts nothing
    /// twice. For every slot that the stream can touch: the tenant's own, and <see cref="AppliedBudget.GlobalSlot"/>.
    /// </summary>
    public void LoadWatermark(string slotName, string tenant, string incarnation, long sequence)
    {
        var slot = Slot(slotName);
        lock (slot.Gate)
        {
            BudgetStep.LoadWatermark(slot.State, tenant, incarnation, sequence);
        }
    }

    /// <summary>Declares an incarnation dead and lists what it still holds, to be charged by its new owner (<see cref="BudgetStep.Expire"/>).</summary>
    public IReadOnlyList<ExpiredHold> ExpireIncarnation(string incarnation, string newOwner)
    {
        var orphans = new List<ExpiredHold>();
        foreach (var slot in _slots.Values)
        {
            lock (slot.Gate)
            {
                orphans.AddRange(BudgetStep.Expire(slot.State, incarnation, newOwner));
            }
        }

        return orphans;
    }

    /// <summary>Drops what nobody asks for any more: counters of windows long over, idle rate state. For a timer, about hourly.</summary>
    public void Trim(DateTimeOffset now)
    {
        foreach (var slot in _slots.Values)
        {
            lock (slot.Gate)
            {
                BudgetStep.Trim(slot.State, now);
            }
        }
    }

    /// <summary>Every counter, each slot's at one instant; for gauges.</summary>
    public IReadOnlyCollection<(BudgetWindowKey Key, BudgetBalance Balance)> Snapshot()
    {
        var counters = new List<(BudgetWindowKey Key, BudgetBalance Balance)>();
        foreach (var slot in _slots.Values)
        {
            lock (slot.Gate)
            {
                slot.State.CopyTo(counters);
            }
        }

        return counters;
    }

    private static bool IsWithin(Reservation reservation, string name)
    {
        var budgets = reservation.Budgets;
        for (var i = 0; i < budgets.Count; i++)
        {
            if (!string.Equals(budgets[i].Slot, name))
            {
                return false;
            }
        }

        var limits = reservation.Limits;
        for (var i = 0; i < limits.Count; i++)
        {
            if (!string.Equals(limits[i].Slot, name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsWithin(IReadOnlyList<BudgetWindowKey> keys, string name)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (!string.Equals(keys[i].Slot, name))
            {
                return false;
            }
        }

        return true;
    }

    private static ReserveEffect ReserveOn(LockedSlot slot, Reservation reservation)
    {
        lock (slot.Gate)
        {
            return BudgetStep.Reserve(slot.State, reservation);
        }
    }

    private ReserveEffect ReserveOnAll(LockedSlot home, Reservation reservation)
    {
        var slots = LockAll(home, [], reservation);
        try
        {
            // The tenant's own answer first: among equals it is the one that the client hears.
            var effect = BudgetStep.Check(home.State, reservation);
            foreach (var slot in slots)
            {
                if (slot != home)
                {
                    effect = ReserveEffect.MostFinal(effect, BudgetStep.Check(slot.State, reservation));
                }
            }

            if (effect.Result.IsGranted)
            {
                foreach (var slot in slots)
                {
                    BudgetStep.Hold(slot.State, reservation);
                }
            }

            return effect;
        }
        finally
        {
            UnlockAll(slots);
        }
    }

    /// <summary>Steps every slot that a hold or its settlement concerns, as one: which they are, only the hold at its tenant knows.</summary>
    private void Step(LockedSlot home, RequestId reservationId, IReadOnlyList<BudgetWindowKey> keys, Action<BudgetSlot> step)
    {
        while (true)
        {
            Reservation? held;
            lock (home.Gate)
            {
                home.State.TryGetHeld(reservationId, out held);
                if (IsWithin(keys, home.State.Name) && (held is null || IsWithin(held, home.State.Name)))
                {
                    step(home.State);
                    return;
                }
            }

            var slots = LockAll(home, keys, held);
            try
            {
                // Between the locks the hold may have ended or come back under the same id: then look again.
                home.State.TryGetHeld(reservationId, out var still);
                if (ReferenceEquals(still, held))
                {
                    foreach (var slot in slots)
                    {
                        step(slot.State);
                    }

                    return;
                }
            }
            finally
            {
                UnlockAll(slots);
            }
        }
    }

    private List<LockedSlot> LockAll(LockedSlot home, IReadOnlyList<BudgetWindowKey> keys, Reservation? reservation)
    {
        var slots = Slots(home, keys, reservation);
        slots.Sort(static (left, right) => string.CompareOrdinal(left.State.Name, right.State.Name));
        foreach (var slot in slots)
        {
            slot.Gate.Enter();
        }

        return slots;
    }

    private static void UnlockAll(List<LockedSlot> slots)
    {
        for (var i = slots.Count - 1; i >= 0; i--)
        {
            slots[i].Gate.Exit();
        }
    }

    private List<LockedSlot> Slots(LockedSlot home, IReadOnlyList<BudgetWindowKey> keys, Reservation? reservation)
    {
        var slots = new List<LockedSlot>(3) { home };
        for (var i = 0; i < keys.Count; i++)
        {
            Add(keys[i].Slot);
        }

        for (var i = 0; i < (reservation?.Budgets.Count ?? 0); i++)
        {
            Add(reservation!.Budgets[i].Slot);
        }

        for (var i = 0; i < (reservation?.Limits.Count ?? 0); i++)
        {
            Add(reservation!.Limits[i].Slot);
        }

        return slots;

        void Add(string name)
        {
            var slot = Slot(name);
            if (!slots.Contains(slot))
            {
                slots.Add(slot);
            }
        }
    }

    private LockedSlot Slot(string name) =>
        _slots.TryGetValue(name, out var slot) ? slot : _slots.GetOrAdd(name, static n => new LockedSlot(n));

    private sealed class LockedSlot(string name)
    {
        public Lock Gate { get; } = new();

        public BudgetSlot State { get; } = new(name);
    }
}
