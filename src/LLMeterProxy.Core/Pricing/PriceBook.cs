using System.Collections.Frozen;

namespace LLMeterProxy.Core.Pricing;

/// <summary>All prices of one version, immutable. Reads are thread-safe.</summary>
public sealed class PriceBook
{
    private FrozenDictionary<string, PriceListIndex>? _indexes;

    /// <summary>Written into every record; changes with the content.</summary>
    public required string Version { get; init; }

    public IReadOnlyList<PriceList> Lists { get; init; } = [];

    private FrozenDictionary<string, PriceListIndex> Indexes => _indexes ??= BuildIndexes();

    /// <summary>
    /// Finds the one entry for a model as a client or a response names it: aliases, dated snapshots, provider prefixes.
    /// Names are compared by their exact characters: a look-alike, another case or a stray space is another model (T40).
    /// </summary>
    /// <param name="provider">The price list: the provider's kind, or its configured list.</param>
    /// <returns>Null where the book does not know the model.</returns>
    public PricedModel? Resolve(string provider, string model) => Indexes.GetValueOrDefault(provider)?.Find(model);

    /// <summary>True where the book has a list of this name.</summary>
    public bool Has(string provider) => Indexes.ContainsKey(provider);

    internal PriceListIndex? IndexOf(string provider) => Indexes.GetValueOrDefault(provider);

    private FrozenDictionary<string, PriceListIndex> BuildIndexes()
    {
        var indexes = new Dictionary<string, PriceListIndex>(StringComparer.Ordinal);
        foreach (var list in Lists)
        {
            var index = new PriceListIndex(list, indexes.GetValueOrDefault);
            indexes[list.Id] = index;
            foreach (var name in list.AlsoFor)
            {
                indexes.TryAdd(name, index);
            }
        }

        return indexes.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
