namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Turns entries that repeat a model for a region into what the region does to the model's price.</summary>
internal static class RegionalPrices
{
    /// <param name="models">Gains the models that only regional entries name: those are priced as their first region has it.</param>
    public static void Fold(Dictionary<(string List, string Id), CatalogueModel> models, IReadOnlyList<(LiteLlmName Name, CataloguePrice Price)> regional)
    {
        foreach (var (name, price) in regional.OrderByDescending(r => r.Name.Geo == "global"))
        {
            var geo = name.Geo!;
            if (!models.TryGetValue((name.List, name.Id), out var model) && !models.TryGetValue((name.List, Undated(name.Id)), out model))
            {
                model = new CatalogueModel { List = name.List, Id = name.Id };
                model.Prices.Add(price);
                model.Remarks.Add($"only the price of {geo} is listed; taken for every region");
                models[(name.List, name.Id)] = model;
                continue;
            }

            Add(model.Prices[^1], geo, price.Standard.Rates);
        }

        foreach (var model in models.Values)
        {
            DropPlain(model.Prices[^1]);
        }
    }

    private static void Add(CataloguePrice price, string geo, SortedDictionary<string, decimal> rates)
    {
        if (price.Geos.ContainsKey(geo) || price.GeoRates.ContainsKey(geo))
        {
            return;
        }

        if (CatalogueColumn.Factor(rates, price.Standard.Rates) is { } factor)
        {
            price.Geos[geo] = factor;
        }
        else if (IsUplift(rates, price.Standard.Rates))
        {
            // 1.38 for 1.25: the tenth that every other model of the list pays, printed with two places.
            price.Geos[geo] = 1.1m;
        }
        else
        {
            price.GeoRates[geo] = rates;
        }
    }

    private static bool IsUplift(SortedDictionary<string, decimal> rates, SortedDictionary<string, decimal> from) =>
        rates.All(r => from.TryGetValue(r.Key, out var rate) && Math.Abs((rate * 1.1m) - r.Value) <= 0.006m && (rate == 0 || r.Value / rate is > 1.05m and < 1.15m));

    private static void DropPlain(CataloguePrice price)
    {
        if (price.GeoRates.Count == 0 && price.Geos.Values.All(f => f == 1m))
        {
            price.Geos.Clear();
        }
    }

    private static string Undated(string id)
    {
        var undated = SnapshotNames.WithoutDate(id);
        return undated.IsEmpty ? id : undated.ToString();
    }
}
