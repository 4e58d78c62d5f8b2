using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.AdminApi.Prices;

/// <summary>A model of the price book.</summary>
/// <param name="Provider">The price list that it is on.</param>
/// <param name="Model">The canonical id.</param>
/// <param name="ContextWindow">Tokens; null where not known.</param>
/// <param name="MaxOutputTokens">Null where not known.</param>
/// <param name="Rates">The dated rates, oldest first.</param>
public sealed record ModelPriceResponse(
    string Provider, string Model, long? ContextWindow, long? MaxOutputTokens, IReadOnlyList<RateCardResponse> Rates)
{
    internal static ModelPriceResponse Of(PricedModel model) => new(
        model.Provider,
        model.Id,
        model.Limits.ContextWindow,
        model.Limits.MaxOutputTokens,
        [.. model.RateCards.Select(RateCardResponse.Of)]);
}
