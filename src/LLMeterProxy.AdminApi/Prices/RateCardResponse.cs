using System.Globalization;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.AdminApi.Prices;

/// <summary>Rates from a date on, at the standard tier and the lowest context step.</summary>
/// <param name="EffectiveFrom">UTC.</param>
/// <param name="UsdPerMillion">USD for a million of the unit, as decimal strings.</param>
public sealed record RateCardResponse(DateTimeOffset EffectiveFrom, IReadOnlyDictionary<string, string> UsdPerMillion)
{
    internal static RateCardResponse Of(RateCard card)
    {
        var rates = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (unit, rate) in card.Rates)
        {
            rates[unit] = (rate / NanoUsd.PerUsd).ToString("0.##################", CultureInfo.InvariantCulture);
        }

        return new RateCardResponse(card.EffectiveFrom, rates);
    }
}
