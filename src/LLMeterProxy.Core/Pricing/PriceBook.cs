using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace LLMeterProxy.Core.Pricing;

/// <summary>All prices of one version, immutable. Reads are thread-safe.</summary>
public sealed class PriceBook
{
    // A list is indexed when it is first asked for: most books have many more lists than a server has providers.
    private readonly ConcurrentDictionary<PriceList, PriceListIndex> _indexes = new(ReferenceEqualityComparer.Instance as IEqualityComparer<PriceList>);

    private FrozenDictionary<string, PriceList>? _byName;

    /// <summary>Written into every record; changes with the content.</summary>
    public required string Version { get; init; }

    public IReadOnlyList<PriceList> Lists { get; init; } = [];

    private FrozenDictionary<string, PriceList> ByName => _byName ??= NameLists();

    /// <summary>
    /// Finds the one entry for a model as a client or a response names it: aliases, dated snapshots, provider prefixes.
    /// Names are compared by their exact characters: a look-alike, another case or a stray space is another model (T40).
    /// </summary>
    /// <param name="provider">The price list: the provider's kind, or its configured list.</param>
    /// <returns>Null where the book does not know the model.</returns>
    public PricedModel? Resolve(string provider, string model) => IndexOf(provider)?.Find(model);

    /// <summary>True where the book has a list of this name.</summary>
    public bool Has(string provider) => ByName.ContainsKey(provider);

    internal PriceListIndex? IndexOf(string provider) => ByName.TryGetValue(provider, out var list)
        ? _indexes.GetOrAdd(list, static (found, book) => new PriceListIndex(found, book.IndexOf), this)
        : null;

    private FrozenDictionary<string, PriceList> NameLists()
    {
        var lists = Lists.ToDictionary(l => l.Id, StringComparer.Ordinal);
        foreach (var list in Lists)
        {
            foreach (var name in list.AlsoFor)
            {
                lists.TryAdd(name, list);
            }
        }

        return lists.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
