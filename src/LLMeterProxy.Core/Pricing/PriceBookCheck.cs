using static System.FormattableString;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Looks for prices that contradict each other. What a file must not say at all, its reader has refused already.</summary>
public static class PriceBookCheck
{
    private const decimal NanoUsdPerUsd = 1_000_000_000m;

    // Of the left class a token is never dearer than of the right one, at any provider.
    private static readonly (int Cheaper, int Dearer)[] _order =
    [
        (TokenUnits.CacheRead, TokenUnits.Input),
        (TokenUnits.CacheRead, TokenUnits.CacheWrite5m),
        (TokenUnits.CacheWrite5m, TokenUnits.CacheWrite1h),
        (TokenUnits.AudioCacheRead, TokenUnits.AudioInput),
    ];

    /// <summary>Every contradiction of every dated entry.</summary>
    public static IEnumerable<PriceFinding> Contradictions(PriceBook book)
    {
        foreach (var list in book.Lists)
        {
            foreach (var model in list.Models)
            {
                foreach (var text in Contradictions(model))
                {
                    yield return new PriceFinding(list.Id, model.Id, text);
                }

                foreach (var text in LostNames(book, list.Id, model))
                {
                    yield return new PriceFinding(list.Id, model.Id, text);
                }
            }
        }
    }

    private static IEnumerable<string> Contradictions(PricedModel model)
    {
        if (model.Limits is { ContextWindow: { } window, MaxOutputTokens: { } output } && output > window)
        {
            yield return Invariant($"maxOutputTokens {output} is above contextWindow {window}");
        }

        foreach (var card in model.RateCards)
        {
            var since = Invariant($"since {card.EffectiveFrom:yyyy-MM-dd}: ");
            var columns = card.Columns;
            foreach (var text in InOrder(columns.Standard).Concat(Rising(columns.Standard)))
            {
                yield return since + text;
            }

            foreach (var tier in columns.Named.ToArray())
            {
                foreach (var text in InOrder(tier).Concat(TierTexts(tier, columns.Standard)))
                {
                    yield return Invariant($"{since}{tier.Name}: {text}");
                }
            }

            foreach (var (geo, price) in card.Geos)
            {
                if (price.Factor < 1)
                {
                    yield return Invariant($"{since}geo {geo}: a factor of {price.Factor} makes a region cheaper than the listed price");
                }
            }
        }
    }

    private static IEnumerable<string> InOrder(RateColumns.Tier tier)
    {
        foreach (var (above, rates) in tier.Columns)
        {
            foreach (var (cheaper, dearer) in _order)
            {
                if (rates.IsStated(cheaper) && rates.IsStated(dearer) && rates.NanoPerMillion(cheaper) > rates.NanoPerMillion(dearer))
                {
                    yield return Invariant($"{At(above)}{TokenUnits.NameOf(cheaper)} {Usd(rates, cheaper)} is above {TokenUnits.NameOf(dearer)} {Usd(rates, dearer)}");
                }
            }
        }
    }

    private static IEnumerable<string> Rising(RateColumns.Tier tier)
    {
        for (var i = 1; i < tier.Columns.Length; i++)
        {
            var (below, here) = (tier.Columns[i - 1].Rates, tier.Columns[i].Rates);
            for (var unit = 0; unit < TokenUnits.Count; unit++)
            {
                if (below.IsStated(unit) && here.NanoPerMillion(unit) < below.NanoPerMillion(unit))
                {
                    yield return Invariant($"{At(tier.Columns[i].Above)}{TokenUnits.NameOf(unit)} {Usd(here, unit)} is below the {Usd(below, unit)} of less context");
                }
            }
        }
    }

    private static IEnumerable<string> TierTexts(RateColumns.Tier tier, RateColumns.Tier standard)
    {
        var (own, plain) = (tier.Columns[0].Rates, standard.Columns[0].Rates);
        for (var unit = 0; unit < TokenUnits.Count; unit++)
        {
            if (!own.IsStated(unit) || !plain.IsStated(unit))
            {
                continue;
            }

            var difference = own.NanoPerMillion(unit) - plain.NanoPerMillion(unit);
            if (tier.Name is ServiceTiers.Batch or ServiceTiers.Flex && difference > 0)
            {
                yield return Invariant($"{TokenUnits.NameOf(unit)} {Usd(own, unit)} is above the standard {Usd(plain, unit)}");
            }
            else if (tier.Name is ServiceTiers.Priority && difference < 0)
            {
                yield return Invariant($"{TokenUnits.NameOf(unit)} {Usd(own, unit)} is below the standard {Usd(plain, unit)}");
            }
        }
    }

    private static IEnumerable<string> LostNames(PriceBook book, string list, PricedModel model)
    {
        foreach (var name in model.Aliases.Prepend(model.Id))
        {
            if (!ReferenceEquals(book.Resolve(list, name), model))
            {
                yield return $"the name {name} leads to {book.Resolve(list, name)?.Id ?? "nothing"}";
            }
        }
    }

    private static string At(long above) => above < 0 ? "" : Invariant($"above {above}: ");

    private static string Usd(TokenRates rates, int unit) => Invariant($"{rates.NanoPerMillion(unit) / NanoUsdPerUsd:0.#########}");
}
