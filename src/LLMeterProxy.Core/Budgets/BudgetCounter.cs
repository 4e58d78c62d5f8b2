namespace LLMeterProxy.Core.Budgets;

/// <summary>One budget in one window: spend and holds apart (A3), in nano-USD, both never negative.</summary>
internal sealed class BudgetCounter
{
    public long Spent { get; set; }

    public long Held { get; set; }

    /// <summary>Live holds on this counter, those of 0 included: while there is one, the counter is not trimmed.</summary>
    public int Holds { get; set; }

    /// <summary>UTC; an upper bound until a reservation has shown the exact one.</summary>
    public required DateTimeOffset WindowEnd { get; set; }
}
