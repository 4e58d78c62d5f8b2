using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Finds the models of one list by name. Thread-safe.</summary>
internal sealed class PriceListIndex
{
    // Names come from clients: what is remembered of them is bounded in number and in length.
    private const int MostRemembered = 2048;
    private const int LongestName = 200;

    private readonly FrozenDictionary<string, PricedModel> _exact;
    private readonly FrozenDictionary<string, PricedModel>.AlternateLookup<ReadOnlySpan<char>> _exactBySpan;
    private readonly PriceList _list;
    private readonly Func<string, PriceListIndex?> _otherList;
    private readonly ConcurrentDictionary<string, PricedModel?> _remembered = new(StringComparer.Ordinal);

    // As many as the book has models and regions at most; one instance each, because records compare them.
    private readonly ConcurrentDictionary<(PricedModel Model, string Geo), PricedModel> _regional = new();

    private int _rememberedCount;

    public PriceListIndex(PriceList list, Func<string, PriceListIndex?> otherList)
    {
        _list = list;
        _otherList = otherList;
        _exact = list.Models.SelectMany(m => m.Aliases.Prepend(m.Id).Select(name => (name, m)))
            .ToFrozenDictionary(x => x.name, x => x.m, StringComparer.Ordinal);
        _exactBySpan = _exact.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal int RememberedCount => _rememberedCount;

    public PricedModel? Find(string name)
    {
        if (_exact.TryGetValue(name, out var found))
        {
            return found;
        }

        if (name.Length > LongestName)
        {
            return null;
        }

        if (_remembered.TryGetValue(name, out found))
        {
            return found;
        }

        found = FindByRule(name);
        if (Volatile.Read(ref _rememberedCount) < MostRemembered && _remembered.TryAdd(name, found))
        {
            Interlocked.Increment(ref _rememberedCount);
        }

        return found;
    }

    /// <summary>By the rules of this list, then by those of its fallbacks, then its model for every name.</summary>
    private PricedModel? FindByRule(ReadOnlySpan<char> name)
    {
        name = WithoutPrefix(BedrockArn.ModelOf(name));
        if (FindHere(name, out var found) || (found = FindInGeo(name) ?? FindInFallbacks(name) ?? ExactInVendors(name)) is not null)
        {
            return found;
        }

        return _list.Default is { } standIn ? _exact.GetValueOrDefault(standIn) : null;
    }

    /// <returns>False where the name may still be looked for in a fallback.</returns>
    private bool FindHere(ReadOnlySpan<char> name, out PricedModel? found)
    {
        foreach (var (suffix, standsFor) in _list.Suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                if (standsFor.Length > 0)
                {
                    found = _exact.GetValueOrDefault(standsFor);
                    return true;
                }

                name = name[..^suffix.Length];
                break;
            }
        }

        foreach (var (vendor, list) in _list.Vendors)
        {
            if (name.StartsWith(vendor, StringComparison.Ordinal))
            {
                found = Exact(name) ?? _otherList(list)?.FindByRule(name[vendor.Length..]);
                return true;
            }
        }

        if (name.StartsWith("ft:", StringComparison.Ordinal))
        {
            found = FindFineTuned(name);
            return found is not null;
        }

        // An entry of its own in a fallback is closer than a dateless name here (gpt-4o-2024-05-13 costs more than gpt-4o).
        found = Exact(name) ?? ExactInFallbacks(name) ?? FindSnapshot(name);
        return found is not null;
    }

    private PricedModel? FindInGeo(ReadOnlySpan<char> name)
    {
        foreach (var (beginning, geo) in _list.Geos)
        {
            if (name.StartsWith(beginning, StringComparison.Ordinal))
            {
                return FindByRule(name[beginning.Length..]) is { } found ? _regional.GetOrAdd((found, geo), static key => key.Model.InGeo(key.Geo)) : null;
            }
        }

        return null;
    }

    private PricedModel? FindInFallbacks(ReadOnlySpan<char> name)
    {
        foreach (var list in _list.Fallbacks)
        {
            if (_otherList(list)?.FindByRule(name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private PricedModel? ExactInFallbacks(ReadOnlySpan<char> name)
    {
        foreach (var list in _list.Fallbacks)
        {
            if (_otherList(list)?.Exact(name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The canonical id of a vendor's model is its id here too: records carry it, and it must lead back.</summary>
    private PricedModel? ExactInVendors(ReadOnlySpan<char> name)
    {
        foreach (var list in _list.Vendors.Values)
        {
            if (_otherList(list)?.Exact(name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary><c>ft:gpt-4o-2024-08-06:org:suffix:id</c>: its own entry by the part before the owner, or none. It never costs what its base costs.</summary>
    private PricedModel? FindFineTuned(ReadOnlySpan<char> name)
    {
        const int baseStart = 3;
        var owner = name[baseStart..].IndexOf(':');
        var tuned = owner < 0 ? name : name[..(baseStart + owner)];
        if (Exact(tuned) is { } found)
        {
            return found;
        }

        var undated = SnapshotNames.WithoutDate(tuned);
        return undated.IsEmpty ? null : Exact(undated);
    }

    private PricedModel? FindSnapshot(ReadOnlySpan<char> name)
    {
        var unversioned = SnapshotNames.WithoutVersion(name);
        if (!unversioned.IsEmpty)
        {
            if (Exact(unversioned) is { } ofVersion)
            {
                return ofVersion;
            }

            name = unversioned;
        }

        var undated = SnapshotNames.WithoutDate(name);
        if (undated.IsEmpty)
        {
            return null;
        }

        if (Exact(undated) is { } ofDate)
        {
            return ofDate;
        }

        var released = SnapshotNames.WithoutPreview(undated);
        return released.IsEmpty ? null : Exact(released);
    }

    private ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> name)
    {
        foreach (var prefix in _list.Prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return name[prefix.Length..];
            }
        }

        return name;
    }

    private PricedModel? Exact(ReadOnlySpan<char> name) => _exactBySpan.TryGetValue(name, out var found) ? found : null;
}
