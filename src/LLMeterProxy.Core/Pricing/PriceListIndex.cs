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

    private PricedModel? FindByRule(ReadOnlySpan<char> name)
    {
        foreach (var prefix in _list.Prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                name = name[prefix.Length..];
                break;
            }
        }

        foreach (var (suffix, standsFor) in _list.Suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                if (standsFor.Length > 0)
                {
                    return _exact.GetValueOrDefault(standsFor);
                }

                name = name[..^suffix.Length];
                break;
            }
        }

        foreach (var (vendor, list) in _list.Vendors)
        {
            if (name.StartsWith(vendor, StringComparison.Ordinal))
            {
                return Exact(name) ?? _otherList(list)?.FindByRule(name[vendor.Length..]);
            }
        }

        return name.StartsWith("ft:", StringComparison.Ordinal) ? FindFineTuned(name) : FindSnapshot(name);
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
        if (Exact(name) is { } found)
        {
            return found;
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

    private PricedModel? Exact(ReadOnlySpan<char> name) => _exactBySpan.TryGetValue(name, out var found) ? found : null;
}
