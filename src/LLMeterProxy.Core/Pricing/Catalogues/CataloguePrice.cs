namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>One dated price of a catalogue. Token rates are USD per million, unit rates USD for one.</summary>
public sealed class CataloguePrice
{
    /// <summary>Stands for "as long as this price is known".</summary>
    public static readonly DateOnly Always = new(2020, 1, 1);

    /// <summary>UTC day.</summary>
    public DateOnly EffectiveFrom { get; init; } = Always;

    public CatalogueColumn Standard { get; } = new();

    public SortedDictionary<string, decimal> Units { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, decimal> Minimums { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, CatalogueColumn> Tiers { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, decimal> Speeds { get; } = new(StringComparer.Ordinal);

    /// <summary>Factors by region.</summary>
    public SortedDictionary<string, decimal> Geos { get; } = new(StringComparer.Ordinal);

    /// <summary>Rates by region, where no factor of two places makes them.</summary>
    public SortedDictionary<string, SortedDictionary<string, decimal>> GeoRates { get; } = new(StringComparer.Ordinal);

    public List<DailyWindow> Hours { get; } = [];

    public bool IsEmpty => Standard.Rates.Count == 0 && Units.Count == 0;
}
