using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Repricing;
using LLMeterProxy.Gateway.Route;

namespace LLMeterProxy.Features;

/// <summary>The configured providers as the price of their calls depends on them.</summary>
internal sealed class ProviderPricings(ProviderCatalog providers) : IProviderPricings
{
    public IProviderPricing? Find(string provider) =>
        providers.All.FirstOrDefault(p => string.Equals(p.Name, provider, StringComparison.Ordinal));
}
