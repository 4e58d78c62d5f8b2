namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Takes out of a catalogue the names that the book finds by rule: a dated snapshot that costs what its model costs needs no entry.</summary>
internal static class CatalogueNames
{
    public static IReadOnlyList<CatalogueModel> Fold(IEnumerable<CatalogueModel> all)
    {
        var models = all.ToDictionary(m => (m.List, m.Id));
        foreach (var model in models.Values.ToList())
        {
            if (Plain(model, models) is { } plain && Same(plain, model))
            {
                AddGeos(plain.Prices[0], model.Prices[0]);
                models.Remove((model.List, model.Id));
            }
        }

        return [.. models.Values.OrderBy(m => m.List, StringComparer.Ordinal).ThenBy(m => m.Id, StringComparer.Ordinal)];
    }

    /// <summary>Some catalogues list the regions of a model by its dated name alone.</summary>
    private static void AddGeos(CataloguePrice plain, CataloguePrice dated)
    {
        if (plain.Geos.Count + plain.GeoRates.Count > 0)
        {
            return;
        }

        foreach (var (geo, factor) in dated.Geos)
        {
            plain.Geos[geo] = factor;
        }

        foreach (var (geo, rates) in dated.GeoRates)
        {
            plain.GeoRates[geo] = rates;
        }
    }

    private static CatalogueModel? Plain(CatalogueModel model, Dictionary<(string List, string Id), CatalogueModel> models)
    {
        var undated = SnapshotNames.WithoutDate(model.Id);
        return undated.IsEmpty ? null : models.GetValueOrDefault((model.List, undated.ToString()));
    }

    private static bool Same(CatalogueModel left, CatalogueModel right) =>
        left.Prices.Count == 1 && right.Prices.Count == 1
        && left.Prices[0].Standard.IsSameAs(right.Prices[0].Standard)
        && CatalogueColumn.Same(left.Prices[0].Units, right.Prices[0].Units);
}
