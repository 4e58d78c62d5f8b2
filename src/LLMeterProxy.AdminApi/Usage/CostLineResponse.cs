using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>One disjoint priced line; the lines of a record sum to its cost, to the nano-USD.</summary>
/// <param name="Unit">What is billed: <c>input_token</c>, <c>cache_read_token</c>, <c>output_token</c>, …</param>
/// <param name="Quantity">In that unit.</param>
/// <param name="PriceNanoUsdPerMillion">For a million of the unit, all multipliers applied.</param>
/// <param name="Model">Set where the line belongs to another model than the record's.</param>
public sealed record CostLineResponse(
    string Unit, decimal Quantity, decimal PriceNanoUsdPerMillion, long CostNanoUsd, string CostUsd, string? Model)
{
    internal static CostLineResponse Of(CostLine line) =>
        new(line.Unit, line.Quantity, line.PriceNanoUsdPerMillion, line.Cost.Value, line.Cost.ToUsdString(), line.Model);
}
