using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Pricing.Catalogues;

namespace LLMeterProxy.Cli.Prices;

/// <summary>
/// The user's price file as an import changes it. What the user wrote stays as it is; what an earlier import wrote is known
/// by its source and may be brought up to date.
/// </summary>
internal sealed class OverrideFile
{
    private const string ImportMark = "import: ";

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _file;
    private readonly JsonObject _shipped;
    private readonly PriceBook _book;
    private readonly DateOnly _today;

    /// <param name="overrides">UTF-8, read without errors before; empty for a new file.</param>
    /// <param name="book">The book of the shipped file and <paramref name="overrides"/>.</param>
    public OverrideFile(ReadOnlyMemory<byte> overrides, PriceBook book, DateOnly today)
    {
        _file = overrides.IsEmpty ? new JsonObject { ["form"] = 1 } : JsonNode.Parse(overrides.Span)!.AsObject();
        _shipped = JsonNode.Parse(PriceBookSource.ShippedFile())!.AsObject();
        _book = book;
        _today = today;
    }

    /// <summary>Tiers that were taken out of a changed model, because the catalogue does not state them and the old ones no longer fit.</summary>
    public List<string> Dropped { get; } = [];

    /// <summary>True where the user, and no import, wrote the model's entry.</summary>
    public bool IsOwn(string list, string id) =>
        ModelIn(_file, list, id)?["prices"] is JsonArray prices
        && prices.Any(p => p?["source"]?.GetValue<string>().StartsWith(ImportMark, StringComparison.Ordinal) != true && !IsShipped(list, id, p));

    public void Take(CatalogueChange change, string catalogue)
    {
        var written = JsonNode.Parse(CatalogueWriter.Write([change.Model], ImportMark + catalogue, _today))!["lists"]![change.Model.List]!["models"]![change.Model.Id]!.AsObject();
        written.Remove("note");
        if (change.Kind == CatalogueChangeKind.New)
        {
            LeaveNamesOfOthers(written, change.Model.List);
            Put(change.Model.List, change.Model.Id, written.DeepClone());
            return;
        }

        var current = change.Current!;
        var entry = (ModelIn(_file, current.Provider, current.Id) ?? ModelIn(_shipped, current.Provider, current.Id))!.DeepClone().AsObject();
        Append(entry, written["prices"]!.AsArray(), $"{current.Provider}/{current.Id}");
        Put(current.Provider, current.Id, entry);
    }

    /// <returns>UTF-8.</returns>
    public byte[] ToBytes()
    {
        _file["date"] = Day(_today);
        return [.. JsonSerializer.SerializeToUtf8Bytes(_file, _indented), (byte)'\n'];
    }

    private static JsonObject? ModelIn(JsonObject file, string list, string id) => file["lists"]?[list]?["models"]?[id] as JsonObject;

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly DayOf(JsonNode price) => DateOnly.ParseExact(price["effectiveFrom"]!.GetValue<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>An import that changes a shipped model repeats its older entries, which are nobody's own.</summary>
    private bool IsShipped(string list, string id, JsonNode? price) =>
        ModelIn(_shipped, list, id)?["prices"] is JsonArray shipped && shipped.Any(s => JsonNode.DeepEquals(s, price));

    /// <summary>A new model must not take a name from another one.</summary>
    private void LeaveNamesOfOthers(JsonObject model, string list)
    {
        if (model["aliases"] is JsonArray aliases)
        {
            foreach (var taken in aliases.Where(a => _book.Resolve(list, a!.GetValue<string>()) is not null).ToList())
            {
                aliases.Remove(taken);
            }
        }
    }

    private void Put(string list, string id, JsonNode model)
    {
        var lists = Child(_file, "lists");
        Child(Child(lists, list), "models")[id] = model;
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }

    /// <summary>Adds the catalogue's price behind the ones that the model has: calls before it keep theirs.</summary>
    private void Append(JsonObject entry, JsonArray written, string name)
    {
        var prices = entry["prices"]!.AsArray();
        var inForce = prices.LastOrDefault(p => DayOf(p!) <= _today) ?? prices[0]!;
        var taken = written.LastOrDefault(p => DayOf(p!) <= _today) ?? written[0]!;
        var from = DayOf(taken) > DayOf(inForce) ? DayOf(taken) : _today;
        var price = Merged(inForce.AsObject(), taken.AsObject(), name);
        price["effectiveFrom"] = Day(from);
        foreach (var replaced in prices.Where(p => DayOf(p!) >= from).ToList())
        {
            prices.Remove(replaced);
        }

        prices.Add((JsonNode)price);
        foreach (var later in written.Where(p => DayOf(p!) > _today))
        {
            var announced = Merged(price, later!.AsObject(), name);
            announced["effectiveFrom"] = later["effectiveFrom"]!.DeepClone();
            prices.Add((JsonNode)announced);
        }
    }

    /// <summary>What the catalogue states, over what the book knows beside it (fees, regions, tiers that are factors).</summary>
    private JsonObject Merged(JsonObject known, JsonObject taken, string name)
    {
        var price = known.DeepClone().AsObject();
        price.Remove("note");
        if (price["tiers"] is JsonObject tiers)
        {
            foreach (var (tier, rates) in tiers.ToList())
            {
                if (rates?["multiplier"] is null && taken["tiers"]?[tier] is null)
                {
                    tiers.Remove(tier);
                    Dropped.Add($"{name}: {tier}");
                }
            }

            if (tiers.Count == 0)
            {
                price.Remove("tiers");
            }
        }

        foreach (var (member, value) in taken)
        {
            if (value is JsonObject values && price[member] is JsonObject existing)
            {
                foreach (var (key, inner) in values)
                {
                    existing[key] = inner?.DeepClone();
                }
            }
            else
            {
                price[member] = value?.DeepClone();
            }
        }

        return price;
    }
}
