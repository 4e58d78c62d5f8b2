using System.Collections.Frozen;

namespace LLMeterProxy.Core.Pricing;

/// <summary>The regions of a card, found by name. Immutable; a look-up allocates nothing.</summary>
internal sealed class GeoTable
{
    /// <summary>Stands for every region that is named and not listed.</summary>
    private const string Elsewhere = "*";

    private static readonly GeoPrice _unchanged = new(1m);

    private readonly FrozenDictionary<string, GeoPrice> _prices;
    private readonly FrozenDictionary<string, GeoPrice>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public GeoTable(IReadOnlyDictionary<string, GeoPrice> prices)
    {
        _prices = prices.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _bySpan = _prices.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>By the region itself, then by what it lies in (<c>us-east-1</c>, <c>us-east</c>, <c>us</c>), then by what holds elsewhere.</summary>
    public GeoPrice Find(string? geo)
    {
        if (string.IsNullOrEmpty(geo) || _prices.Count == 0)
        {
            return _unchanged;
        }

        var rest = geo.AsSpan();
        while (true)
        {
            if (_bySpan.TryGetValue(rest, out var found))
            {
                return found;
            }

            var dash = rest.LastIndexOf('-');
            if (dash <= 0)
            {
                return _prices.GetValueOrDefault(Elsewhere, _unchanged);
            }

            rest = rest[..dash];
        }
    }
}
