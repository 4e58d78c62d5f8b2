using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Core.Repricing;

/// <summary>The providers of the configuration, as pricing sees them.</summary>
public interface IProviderPricings
{
    /// <param name="provider">The provider's name in the configuration.</param>
    /// <returns>Null where the configuration no longer has the provider.</returns>
    IProviderPricing? Find(string provider);
}
