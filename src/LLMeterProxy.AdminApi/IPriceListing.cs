using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.AdminApi;

/// <summary>Lists what a price book holds; the book itself is made for look-ups.</summary>
public interface IPriceListing
{
    IEnumerable<PricedModel> Models(PriceBook book);
}
