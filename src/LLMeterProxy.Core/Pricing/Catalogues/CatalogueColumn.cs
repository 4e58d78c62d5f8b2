namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>The token rates of one tier, USD per million, by unit name, with those of its context steps.</summary>
public sealed class CatalogueColumn
{
    private const int FactorPlaces = 2;

    public SortedDictionary<string, decimal> Rates { get; } = new(StringComparer.Ordinal);

    /// <summary>By the number of input tokens above which they hold.</summary>
    public SortedDictionary<long, SortedDictionary<string, decimal>> Steps { get; } = [];

    public SortedDictionary<string, decimal> Step(long above)
    {
        if (!Steps.TryGetValue(above, out var rates))
        {
            Steps[above] = rates = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        }

        return rates;
    }

    /// <summary>The one factor, of two places at most, that makes each of these rates out of the other's.</summary>
    /// <returns>Null where there is none.</returns>
    public static decimal? Factor(IReadOnlyDictionary<string, decimal> of, IReadOnlyDictionary<string, decimal> from)
    {
        decimal? factor = null;
        foreach (var (unit, rate) in of)
        {
            if (!from.TryGetValue(unit, out var other))
            {
                return null;
            }

            if (other == 0 && rate == 0)
            {
                continue;
            }

            if (other == 0)
            {
                return null;
            }

            var own = decimal.Round(rate / other, FactorPlaces);
            if (own * other != rate || (factor is { } known && known != own))
            {
                return null;
            }

            factor = own;
        }

        return factor;
    }

    /// <summary>True where both state the same rates at the same steps.</summary>
    public bool IsSameAs(CatalogueColumn other) =>
        Same(Rates, other.Rates) && Steps.Count == other.Steps.Count && Steps.All(s => other.Steps.TryGetValue(s.Key, out var rates) && Same(s.Value, rates));

    internal static bool Same(SortedDictionary<string, decimal> left, SortedDictionary<string, decimal> right) => left.SequenceEqual(right);
}
