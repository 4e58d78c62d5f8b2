namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Compares a catalogue with the price book in force.</summary>
public static class CatalogueDiff
{
    private const decimal NanoPerUsd = 1_000_000_000m;
    private const decimal NanoPerMillionUsd = NanoPerUsd * 1_000_000m;

    /// <param name="isOwn">True for a model that the user's own file prices, by list and id.</param>
    /// <param name="at">The instant whose prices are compared.</param>
    /// <returns>One change for each model of a list that the book has, in the order of the catalogue.</returns>
    public static IReadOnlyList<CatalogueChange> Compare(Catalogue catalogue, PriceBook book, Func<string, string, bool> isOwn, DateTimeOffset at)
    {
        var changes = new List<CatalogueChange>();
        foreach (var model in catalogue.Models)
        {
            if (book.Has(model.List))
            {
                changes.Add(Compare(model, book, isOwn, at));
            }
        }

        return changes;
    }

    private static CatalogueChange Compare(CatalogueModel model, PriceBook book, Func<string, string, bool> isOwn, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        var price = model.Prices.LastOrDefault(p => p.EffectiveFrom <= day) ?? model.Prices[^1];
        var found = book.Resolve(model.List, model.Id);
        var card = found?.At(at);
        var rates = card is null ? All(price) : Differences(price, card);
        if (found is not null && isOwn(found.Provider, found.Id))
        {
            return new CatalogueChange(CatalogueChangeKind.Kept, model, found, rates, "your own entry stays as it is");
        }

        if (rates.Count == 0)
        {
            return new CatalogueChange(CatalogueChangeKind.Same, model, found, rates, null);
        }

        if (CatalogueSuspicions.Of(price, rates) is { } why)
        {
            return new CatalogueChange(CatalogueChangeKind.Suspicious, model, found, rates, why);
        }

        // A dated or an aliased name, or one that is looked up in another list, may cost something else than what it leads to:
        // it gets an entry of its own, and that other model keeps its price.
        var isItself = card is not null && found!.Provider == model.List && found.Id == model.Id;
        return new CatalogueChange(isItself ? CatalogueChangeKind.Changed : CatalogueChangeKind.New, model, found, rates, null);
    }

    private static List<CatalogueRateChange> All(CataloguePrice price) =>
    [
        .. price.Standard.Rates.Select(r => new CatalogueRateChange(r.Key, null, r.Value)),
        .. price.Units.Select(u => new CatalogueRateChange(u.Key, null, u.Value)),
    ];

    private static List<CatalogueRateChange> Differences(CataloguePrice price, RateCard card)
    {
        var changes = new List<CatalogueRateChange>();
        Add(changes, "", price.Standard.Rates, card.Columns.Standard.Columns[0].Rates);
        foreach (var (unit, usd) in price.Units)
        {
            var known = card.Rates.TryGetValue(unit, out var rate) ? rate / NanoPerMillionUsd : (decimal?)null;
            Add(changes, unit, known, usd);
        }

        foreach (var (above, rates) in price.Standard.Steps)
        {
            // A catalogue that writes 271999 for 272000 means the same step.
            Add(changes, $" above {above}", rates, card.Columns.Standard.At(above + 2));
        }

        foreach (var (name, tier) in price.Tiers)
        {
            if (card.Columns.Find(name) is { } known)
            {
                Add(changes, $" {name}", tier.Rates, known.Columns[0].Rates);
            }
            else
            {
                changes.AddRange(tier.Rates.Select(r => new CatalogueRateChange($"{r.Key} {name}", null, r.Value)));
            }
        }

        return changes;
    }

    private static void Add(List<CatalogueRateChange> changes, string where, SortedDictionary<string, decimal> rates, TokenRates known)
    {
        foreach (var (unit, usd) in rates)
        {
            var position = TokenUnits.PositionOf(unit);
            Add(changes, unit + where, known.IsStated(position) ? known.NanoPerMillion(position) / NanoPerUsd : null, usd);
        }
    }

    private static void Add(List<CatalogueRateChange> changes, string unit, decimal? known, decimal usd)
    {
        if (known != usd)
        {
            changes.Add(new CatalogueRateChange(unit, known, usd));
        }
    }
}
