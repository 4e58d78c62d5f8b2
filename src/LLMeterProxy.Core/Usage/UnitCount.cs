namespace LLMeterProxy.Core.Usage;

/// <summary>A quantity of something billed that is not tokens.</summary>
/// <param name="Unit">One of <see cref="UnitNames"/>.</param>
/// <param name="Quantity">In that unit; 0 or more. Decimal because seconds and pages may be fractional.</param>
public readonly record struct UnitCount(string Unit, decimal Quantity);
