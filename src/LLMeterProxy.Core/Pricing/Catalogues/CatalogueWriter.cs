using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Writes models of a catalogue as a price file of our own form (<c>docs/prices.md</c>).</summary>
public static class CatalogueWriter
{
    private static readonly JsonWriterOptions _options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    // As a reader expects them: what is put in, what comes out, the rarer ones after.
    private static readonly string[] _order =
    [
        UnitNames.InputToken, UnitNames.CacheReadToken, UnitNames.CacheWrite5mToken, UnitNames.CacheWrite1hToken, UnitNames.OutputToken, UnitNames.ReasoningToken,
        UnitNames.AudioInputToken, UnitNames.AudioCacheReadToken, UnitNames.AudioOutputToken, UnitNames.ImageInputToken, UnitNames.ImageOutputToken,
    ];

    /// <param name="source">Goes into every entry.</param>
    /// <param name="read">The day on which the catalogue was read, UTC.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Write(IEnumerable<CatalogueModel> models, string source, DateOnly read)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, _options))
        {
            json.WriteStartObject();
            json.WriteNumber("form", 1);
            json.WriteString("date", Day(read));
            json.WriteStartObject("lists");
            foreach (var list in models.GroupBy(m => m.List, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(list.Key);
                json.WriteStartObject("models");
                foreach (var model in list)
                {
                    json.WritePropertyName(model.Id);
                    WriteModel(json, model, source, read);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteModel(Utf8JsonWriter json, CatalogueModel model, string source, DateOnly read)
    {
        json.WriteStartObject();
        if (model.Remarks.Count > 0)
        {
            json.WriteString("note", string.Join("; ", model.Remarks.Distinct(StringComparer.Ordinal)));
        }

        if (model.Aliases.Count > 0)
        {
            json.WriteStartArray("aliases");
            foreach (var alias in model.Aliases)
            {
                json.WriteStringValue(alias);
            }

            json.WriteEndArray();
        }

        WriteCount(json, "contextWindow", model.ContextWindow);
        WriteCount(json, "maxOutputTokens", model.MaxOutputTokens);
        json.WriteStartArray("prices");
        foreach (var price in model.Prices)
        {
            WritePrice(json, price, source, read);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePrice(Utf8JsonWriter json, CataloguePrice price, string source, DateOnly read)
    {
        json.WriteStartObject();
        json.WriteString("effectiveFrom", Day(price.EffectiveFrom));
        json.WriteString("source", source);
        json.WriteString("read", Day(read));
        WriteRates(json, price.Standard.Rates);
        WriteNumbers(json, "perUnit", price.Units);
        WriteNumbers(json, "minimums", price.Minimums);
        WriteSteps(json, price.Standard);
        WriteTiers(json, price);
        WriteNumbers(json, "speed", price.Speeds);
        WriteGeos(json, price);
        WriteHours(json, price.Hours);
        json.WriteEndObject();
    }

    private static void WriteTiers(Utf8JsonWriter json, CataloguePrice price)
    {
        if (price.Tiers.Count == 0)
        {
            return;
        }

        json.WriteStartObject("tiers");
        foreach (var (name, tier) in price.Tiers)
        {
            json.WriteStartObject(name);
            if (Multiplier(price.Standard, tier, name) is { } factor)
            {
                json.WriteString("multiplier", Number(factor));
            }
            else
            {
                WriteRates(json, tier.Rates);
                WriteSteps(json, tier);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// The factor that a tier is, where it is one. A dearer tier whose long-context prices are not listed states its rates instead:
    /// a factor would stack on long context, which providers do not do (G28).
    /// </summary>
    private static decimal? Multiplier(CatalogueColumn standard, CatalogueColumn tier, string name)
    {
        if (CatalogueColumn.Factor(tier.Rates, standard.Rates) is not { } factor || (name == ServiceTiers.Priority && standard.Steps.Count > tier.Steps.Count))
        {
            return null;
        }

        foreach (var (above, rates) in tier.Steps)
        {
            if (!standard.Steps.TryGetValue(above, out var plain) || CatalogueColumn.Factor(rates, plain) != factor)
            {
                return null;
            }
        }

        return factor;
    }

    private static void WriteGeos(Utf8JsonWriter json, CataloguePrice price)
    {
        if (price.Geos.Count + price.GeoRates.Count == 0)
        {
            return;
        }

        json.WriteStartObject("geo");
        foreach (var (geo, factor) in price.Geos)
        {
            json.WriteString(geo, Number(factor));
        }

        foreach (var (geo, rates) in price.GeoRates)
        {
            json.WriteStartObject(geo);
            WriteRates(json, rates);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteHours(Utf8JsonWriter json, List<DailyWindow> hours)
    {
        if (hours.Count == 0)
        {
            return;
        }

        json.WriteStartArray("hours");
        foreach (var window in hours)
        {
            json.WriteStartObject();
            json.WriteString("from", window.From.ToString("HH:mm", CultureInfo.InvariantCulture));
            json.WriteString("to", window.To.ToString("HH:mm", CultureInfo.InvariantCulture));
            json.WriteString("multiplier", Number(window.Multiplier));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSteps(Utf8JsonWriter json, CatalogueColumn column)
    {
        if (column.Steps.Count == 0)
        {
            return;
        }

        json.WriteStartArray("context");
        foreach (var (above, rates) in column.Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("above", above);
            WriteRates(json, rates);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRates(Utf8JsonWriter json, SortedDictionary<string, decimal> rates)
    {
        if (rates.Count == 0)
        {
            return;
        }

        json.WriteStartObject("perMillionTokens");
        foreach (var unit in _order)
        {
            if (rates.TryGetValue(unit, out var rate))
            {
                json.WriteString(unit, Number(rate));
            }
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, SortedDictionary<string, decimal> numbers)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, number) in numbers)
        {
            json.WriteString(key, Number(number));
        }

        json.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } tokens)
        {
            json.WriteNumber(name, tokens);
        }
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Without trailing zeros, which say nothing.</summary>
    private static string Number(decimal number) => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);
}
