using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Core.Repricing;

/// <summary>A list of the price book alone: for calls of a provider that the configuration no longer has.</summary>
public sealed record PriceListPricing(string PriceList, bool PreferProviderCost) : IProviderPricing
{
    /// <inheritdoc/>
    public PricedModel? Resolve(PriceBook prices, string model) => prices.Resolve(PriceList, model);
}
