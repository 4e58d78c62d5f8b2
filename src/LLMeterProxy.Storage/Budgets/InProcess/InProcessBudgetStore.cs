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
        var home = Slot(settlement.Tenant);
        SettleEffect effect;
        Reservation? held;
        lock (home.Gate)
        {
            home.State.TryGetHeld(settlement.ReservationId, out held);
            effect = BudgetStep.Settle(home.State, settlement);
        }

        var overshoot = effect.Overshoot;
        if (!IsWithin(settlement.Budgets, home.State.Name) || (held is not null && !IsWithin(held, home.State.Name)))
        {
            // One slot after the other: each is exact by itself, and only a hold has to be all or none.
            foreach (var slot in ForeignSlots(home, settlement.Budgets, held))
            {
                lock (slot.Gate)
                {
                    overshoot = NanoUsd.Max(overshoot, BudgetStep.Settle(slot.State, settlement).Overshoot);
                }
            }
        }

        if (overshoot > NanoUsd.Zero)
        {
            _observer.Overshoot(settlement.Tenant, overshoot);
        }
    }

    /// <inheritdoc/>
    public void Release(string tenant, RequestId reservationId)
    {
        var home = Slot(tenant);
        Reservation? ended;
        lock (home.Gate)
        {
            ended = BudgetStep.Release(home.State, reservationId);
        }

        if (ended is null || IsWithin(ended, home.State.Name))
        {
            return;
        }

        foreach (var slot in ForeignSlots(home, [], ended))
        {
            lock (slot.Gate)
            {
                BudgetStep.Release(slot.State, reservationId);
            }
        }
    }

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

    /// <inheritdoc/>
    public void Open(BudgetWindowKey key, NanoUsd spentBefore)
    {
        var slot = Slot(key.Slot);
        lock (slot.Gate)
        {
            BudgetStep.Open(slot.State, key, spentBefore);
        }
    }

    /// <summary>Declares an incarnation dead and lists what it still holds, to be charged by settlements of a live one (<see cref="BudgetStep.Expire"/>).</summary>
    public IReadOnlyList<Reservation> ExpireIncarnation(string incarnation)
    {
        var orphans = new List<Reservation>();
        foreach (var slot in _slots.Values)
        {
            lock (slot.Gate)
            {
                orphans.AddRange(BudgetStep.Expire(slot.State, incarnation));
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
        var slots = ForeignSlots(home, [], reservation);
        slots.Add(home);
        slots.Sort(static (left, right) => string.CompareOrdinal(left.State.Name, right.State.Name));
        var locked = 0;
        try
        {
            for (; locked < slots.Count; locked++)
            {
                slots[locked].Gate.Enter();
            }

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
            while (locked > 0)
            {
                slots[--locked].Gate.Exit();
            }
        }
    }

    private List<LockedSlot> ForeignSlots(LockedSlot home, IReadOnlyList<BudgetWindowKey> keys, Reservation? reservation)
    {
        var slots = new List<LockedSlot>(3);
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
            if (slot != home && !slots.Contains(slot))
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
