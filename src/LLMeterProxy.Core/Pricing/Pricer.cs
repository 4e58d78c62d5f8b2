using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Turns usage into money. Pure: (price version, usage) alone decide, so that re-pricing gives the stored amount (I18).</summary>
public static class Pricer
{
    /// <summary>Prices a report by the model that answered. <paramref name="preferProviderCost"/> takes the provider's own figure where it states one.</summary>
    public static Cost Price(PriceBook book, PricedModel? model, UsageReport report, DateTimeOffset dispatchedAt, bool preferProviderCost) =>
        throw new NotSupportedException();

    /// <summary>A true upper bound: the dearest input class, the highest tier and context tier that the request can reach (G4, T41). Rounded up, at least 1 nano-USD.</summary>
    public static NanoUsd UpperBound(RateCard rates, in HoldInput input) => throw new NotSupportedException();

    /// <summary>The expected cost at the asked-for tier, input uncached. Rounded up, at least 1 nano-USD.</summary>
    public static NanoUsd Expected(RateCard rates, in HoldInput input) => throw new NotSupportedException();

    /// <summary>The largest output per choice whose hold is at most <paramref name="room"/>; 0 where even one token does not fit. For E-TOOBIG$, E-CAP and clamping.</summary>
    public static long LargestOutput(RateCard rates, in HoldInput input, NanoUsd room, bool strict) => throw new NotSupportedException();
}
