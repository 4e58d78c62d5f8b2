using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing;

/// <summary>A call that is charged what was reserved for it, because its own figures are not known or cannot be meant.</summary>
public static class HoldCharge
{
    private const decimal Million = 1_000_000;

    public static CostLine Line(NanoUsd hold) => new(UnitNames.Request, 1, hold.Value * Million, hold);

    /// <summary>The cost, or the hold where that is more: for figures that the provider cannot mean (T68). An unknown cost stays unknown.</summary>
    public static Cost AtLeast(Cost cost, NanoUsd hold) =>
        cost.Total is null || cost.Total >= hold ? cost : cost with { Total = hold, Lines = [Line(hold)] };
}
