using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Pricing;

/// <summary>One disjoint priced line of a record. The lines of a record sum to its cost, to the nano-USD.</summary>
/// <param name="Unit">One of <see cref="Usage.UnitNames"/>.</param>
/// <param name="Quantity">In that unit.</param>
/// <param name="PriceNanoUsdPerMillion">Nano-USD for one million of the unit; all multipliers applied.</param>
/// <param name="Cost">The line's share of the cost, by largest remainder.</param>
/// <param name="Model">Set where the line belongs to another model than the record's.</param>
public sealed record CostLine(string Unit, decimal Quantity, decimal PriceNanoUsdPerMillion, NanoUsd Cost, string? Model = null);
