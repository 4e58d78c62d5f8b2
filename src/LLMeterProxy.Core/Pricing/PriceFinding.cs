namespace LLMeterProxy.Core.Pricing;

/// <summary>Something about a price that cannot be right, or that somebody should look at.</summary>
/// <param name="List">The price list.</param>
/// <param name="Model">The model's id in it.</param>
public sealed record PriceFinding(string List, string Model, string Text);
