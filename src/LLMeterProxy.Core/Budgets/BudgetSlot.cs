using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// The state that <see cref="BudgetStep"/> works on: all counters, holds, rate gates and stream watermarks of one slot, a
/// tenant or <see cref="AppliedBudget.GlobalSlot"/>. Not thread-safe: it has one owner, which serialises the steps.
/// </summary>
public sealed class BudgetSlot(string name)
{
    public string Name { get; } = name;

    /// <summary>Rises with every step that changed something; a reader that once saw a higher one knows that state was lost.</summary>
    public long Operations { get; internal set; }

    /// <summary>The generation of the counters, raised by a rebuild.</summary>
    public long Epoch { get; internal set; }

    /// <summary>Live holds.</summary>
    public int HoldCount => Holds.Count;

    internal Dictionary<BudgetWindowKey, BudgetCounter> Counters { get; } = new(CounterComparer.Instance);

    internal Dictionary<RequestId, BudgetHold> Holds { get; } = [];

    internal Dictionary<string, RateGate> Gates { get; } = new(StringComparer.Ordinal);

    /// <summary>The highest applied sequence of each settlement stream.</summary>
    internal Dictionary<(string Tenant, string Incarnation), long> Watermarks { get; } = [];

    /// <summary>Incarnations that were declared dead: they reserve nothing any more.</summary>
    internal HashSet<string> Fenced { get; } = new(StringComparer.Ordinal);

    /// <summary>What a counter holds now; zero where there is none.</summary>
    public BudgetBalance Read(BudgetWindowKey key) =>
        Counters.TryGetValue(key, out var counter) ? Balance(counter) : default;

    /// <summary>Adds every counter of the slot to <paramref name="target"/>.</summary>
    public void CopyTo(ICollection<(BudgetWindowKey Key, BudgetBalance Balance)> target)
    {
        foreach (var (key, counter) in Counters)
        {
            target.Add((key, Balance(counter)));
        }
    }

    /// <summary>The stored outcome of a reservation whose hold lives.</summary>
    public bool TryGetHeld(RequestId reservationId, out Reservation? reservation)
    {
        reservation = Holds.GetValueOrDefault(reservationId)?.Reservation;
        return reservation is not null;
    }

    internal BudgetCounter Counter(BudgetWindowKey key)
    {
        if (!Counters.TryGetValue(key, out var counter))
        {
            counter = new BudgetCounter { WindowEnd = WindowId.LatestEnd(key.WindowId) };
            Counters.Add(key, counter);
        }

        return counter;
    }

    internal RateGate Gate(string scope)
    {
        if (!Gates.TryGetValue(scope, out var gate))
        {
            gate = new RateGate();
            Gates.Add(scope, gate);
        }

        return gate;
    }

    private static BudgetBalance Balance(BudgetCounter counter) => new(new NanoUsd(counter.Spent), new NanoUsd(counter.Held));

    // The slot's name is the same in every key, so hashing it would only cost.
    private sealed class CounterComparer : IEqualityComparer<BudgetWindowKey>
    {
        public static readonly CounterComparer Instance = new();

        public bool Equals(BudgetWindowKey? x, BudgetWindowKey? y) =>
            ReferenceEquals(x, y)
            || (x is not null && y is not null && string.Equals(x.BudgetId, y.BudgetId) && string.Equals(x.WindowId, y.WindowId));

        public int GetHashCode(BudgetWindowKey key) => HashCode.Combine(key.BudgetId, key.WindowId);
    }
}
