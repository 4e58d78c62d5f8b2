namespace LLMeterProxy.AdminApi.Prices;

/// <summary>The price book in force, one page of its models.</summary>
/// <param name="Version">What records carry as <c>priceVersion</c>.</param>
/// <param name="Next">What to send as <c>cursor</c> for the following page; null at the end.</param>
public sealed record PricesResponse(string Version, IReadOnlyList<ModelPriceResponse> Models, string? Next);
