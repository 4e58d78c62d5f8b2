namespace LLMeterProxy.Core.Pricing;

/// <summary>What a region does to the price of a model: a factor on its token rates, or a card of its own.</summary>
/// <param name="Factor">1 where <paramref name="Card"/> is not null.</param>
public sealed record GeoPrice(decimal Factor, RateCard? Card = null);
