namespace LLMeterProxy.Core.Pricing;

/// <summary>What of a provider's configuration decides about the price of its calls.</summary>
public interface IProviderPricing
{
    /// <summary>The cost that the provider states is taken where it states one.</summary>
    bool PreferProviderCost { get; }

    /// <summary>The entry of a name as clients and responses of this provider use it.</summary>
    /// <returns>Null where there is none.</returns>
    PricedModel? Resolve(PriceBook prices, string model);
}
