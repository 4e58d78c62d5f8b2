using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Features;

/// <summary>Lists a price book.</summary>
internal sealed class PriceListing : IPriceListing
{
    public IEnumerable<PricedModel> Models(PriceBook book) => book.Lists.SelectMany(l => l.Models);
}
