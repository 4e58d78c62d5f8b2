using System.Security.Cryptography;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Makes a price book of price files: bytes in, a whole book or all errors out. The form of the file is in <c>docs/prices.md</c>.</summary>
public static class PriceBookReader
{
    private const int HashCharacters = 8;

    /// <summary>Reads one file.</summary>
    /// <param name="json">UTF-8.</param>
    public static PriceBookReading Read(ReadOnlyMemory<byte> json) => Read(json, default);

    /// <summary>
    /// Reads a file and lays the user's own over it: a model of the override replaces the model with the same id as a whole
    /// and takes over every name that it claims; lists and models that only one file has stay.
    /// </summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="overrides">UTF-8; empty for none. Keys of its errors begin with <c>override:</c>.</param>
    public static PriceBookReading Read(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> overrides)
    {
        var errors = new PriceFileErrors();
        var file = new PriceFileReader(errors);
        file.Read(json);
        IReadOnlyList<PriceList> lists = file.Lists;
        var date = file.Date;
        IEnumerable<PriceBookError> all = errors.All;

        if (!overrides.IsEmpty)
        {
            var overrideErrors = new PriceFileErrors();
            var overrideFile = new PriceFileReader(overrideErrors);
            overrideFile.Read(overrides);
            lists = Merge(file.Lists, overrideFile.Lists);
            date = overrideFile.Date > date ? overrideFile.Date : date;
            all = all.Concat(overrideErrors.All.Select(e => e with { Key = "override:" + e.Key }));
        }

        List<PriceBookError> found = [.. all, .. DanglingNames(lists)];
        return found.Count > 0
            ? new PriceBookReading(null, found)
            : new PriceBookReading(new PriceBook { Version = VersionOf(date, json.Span, overrides.Span), Lists = lists }, []);
    }

    private static List<PriceList> Merge(List<PriceList> lists, List<PriceList> overrides)
    {
        var merged = new List<PriceList>(lists);
        foreach (var over in overrides)
        {
            var at = merged.FindIndex(l => l.Id == over.Id);
            if (at < 0)
            {
                merged.Add(over);
                continue;
            }

            var list = merged[at];
            var claimed = over.Models.SelectMany(m => m.Aliases.Prepend(m.Id)).ToHashSet(StringComparer.Ordinal);
            var kept = list.Models.Where(m => !claimed.Contains(m.Id)).Select(m => m.Without(claimed));
            merged[at] = list with
            {
                AlsoFor = [.. list.AlsoFor.Union(over.AlsoFor, StringComparer.Ordinal)],
                Prefixes = [.. list.Prefixes.Union(over.Prefixes, StringComparer.Ordinal)],
                Suffixes = Merge(list.Suffixes, over.Suffixes),
                Vendors = Merge(list.Vendors, over.Vendors),
                Geos = Merge(list.Geos, over.Geos),
                Fallbacks = [.. list.Fallbacks.Union(over.Fallbacks, StringComparer.Ordinal)],
                Default = over.Default ?? list.Default,
                Models = [.. kept, .. over.Models],
            };
        }

        return merged;
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> texts, IReadOnlyDictionary<string, string> overrides)
    {
        var merged = new Dictionary<string, string>(texts, StringComparer.Ordinal);
        foreach (var (name, value) in overrides)
        {
            merged[name] = value;
        }

        return merged;
    }

    private static IEnumerable<PriceBookError> DanglingNames(IReadOnlyList<PriceList> lists)
    {
        foreach (var list in lists)
        {
            foreach (var (vendor, other) in list.Vendors)
            {
                if (!lists.Any(l => l.Id == other) || other == list.Id)
                {
                    yield return new PriceBookError($"lists.{list.Id}.vendors.{vendor}", other, "name another list of this book");
                }
            }

            foreach (var other in list.Fallbacks)
            {
                if (other == list.Id || lists.FirstOrDefault(l => l.Id == other) is not { Fallbacks.Count: 0 })
                {
                    yield return new PriceBookError($"lists.{list.Id}.fallbacks", other, "name another list of this book that has no fallbacks itself");
                }
            }

            if (list.Default is { } standIn && !list.Models.Any(m => m.Id == standIn))
            {
                yield return new PriceBookError($"lists.{list.Id}.default", standIn, "name a model id of this list");
            }

            foreach (var (suffix, model) in list.Suffixes)
            {
                if (model.Length > 0 && !list.Models.Any(m => m.Id == model))
                {
                    yield return new PriceBookError($"lists.{list.Id}.suffixes.{suffix}", model, "name a model id of this list, or leave it empty");
                }
            }
        }
    }

    private static string VersionOf(DateOnly date, ReadOnlySpan<byte> json, ReadOnlySpan<byte> overrides)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(json);
        hash.AppendData(overrides);
        return $"{date:yyyy-MM-dd}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..HashCharacters]}";
    }
}
