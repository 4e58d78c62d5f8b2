namespace LLMeterProxy.Core.Repricing;

/// <summary>What of a provider's configuration decides about the price of its calls.</summary>
/// <param name="PriceList">The list of the price book.</param>
/// <param name="PreferProviderCost">The cost that the provider states is taken where it states one.</param>
public sealed record ProviderPricing(string PriceList, bool PreferProviderCost);
