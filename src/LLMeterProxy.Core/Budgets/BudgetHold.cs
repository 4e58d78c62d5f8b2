namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// A live hold: the reservation itself is the stored outcome (A13), with the counters and gates that it rests on, so that
/// ending it needs no look-up.
/// </summary>
/// <param name="counters">By index of <see cref="Reservation.Budgets"/>; null for budgets of another slot.</param>
/// <param name="gates">By index of <see cref="Reservation.Limits"/>; null for limits of another slot.</param>
internal sealed class BudgetHold(Reservation reservation, BudgetCounter?[] counters, RateGate?[] gates)
{
    public Reservation Reservation { get; } = reservation;

    public BudgetCounter?[] Counters { get; } = counters;

    public RateGate?[] Gates { get; } = gates;

    /// <summary>Tokens debited at admission and not yet replaced by a settlement's figure.</summary>
    public long EstimatedTokens { get; set; } = reservation.EstimatedTokens;

    /// <summary>The incarnation that charges the hold: the reservation's, until that one died.</summary>
    public string Owner { get; set; } = reservation.Incarnation;

    /// <summary>The attempt in flight: 1 and up.</summary>
    public int Attempt { get; set; } = reservation.Attempt;

    /// <summary>True once it was handed over to be charged.</summary>
    public bool IsExpired { get; set; }
}
