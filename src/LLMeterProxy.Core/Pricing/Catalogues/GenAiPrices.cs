using System.Globalization;
using System.Text.Json;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Turns the prices of one model of genai-prices into dated prices.</summary>
internal static class GenAiPrices
{
    private const decimal SecondsPerHour = 3600;
    private const decimal Thousand = 1000;

    /// <returns>Oldest first; empty where nothing is stated.</returns>
    public static List<CataloguePrice> Read(JsonElement prices, List<string> remarks)
    {
        if (prices.ValueKind != JsonValueKind.Array)
        {
            var only = One(prices, CataloguePrice.Always, remarks);
            return only.IsEmpty ? [] : [only];
        }

        var read = new List<CataloguePrice>();
        foreach (var entry in prices.EnumerateArray())
        {
            if (!entry.TryGetProperty("prices", out var rates))
            {
                continue;
            }

            var constraint = entry.TryGetProperty("constraint", out var found) ? found : default;
            if (constraint.ValueKind == JsonValueKind.Object && constraint.TryGetProperty("start_time", out var from))
            {
                AddHours(read, from, constraint, rates, remarks);
                continue;
            }

            var price = One(rates, DateOf(constraint), remarks);
            if (!price.IsEmpty)
            {
                read.Add(price);
            }
        }

        return [.. read.OrderBy(p => p.EffectiveFrom).DistinctBy(p => p.EffectiveFrom)];
    }

    private static DateOnly DateOf(JsonElement constraint) =>
        constraint.ValueKind == JsonValueKind.Object
        && constraint.TryGetProperty("start_date", out var start)
        && DateOnly.TryParseExact(start.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : CataloguePrice.Always;

    private static void AddHours(List<CataloguePrice> read, JsonElement from, JsonElement constraint, JsonElement rates, List<string> remarks)
    {
        // The hours belong to the newest price: a catalogue entry cannot carry both a date and hours.
        if (read.MaxBy(p => p.EffectiveFrom) is { } newest
            && constraint.TryGetProperty("end_time", out var to)
            && Time(from) is { } start && Time(to) is { } end
            && CatalogueColumn.Factor(One(rates, CataloguePrice.Always, []).Standard.Rates, newest.Standard.Rates) is { } factor)
        {
            newest.Hours.Add(new DailyWindow(start, end, factor));
        }
        else
        {
            remarks.Add("a price by time of day left out: it is no factor of the newest price");
        }
    }

    private static TimeOnly? Time(JsonElement element) =>
        element.ValueKind == JsonValueKind.String
        && TimeOnly.TryParseExact(element.GetString()!.TrimEnd('Z'), "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    private static CataloguePrice One(JsonElement rates, DateOnly from, List<string> remarks)
    {
        var price = new CataloguePrice { EffectiveFrom = from };
        if (rates.ValueKind != JsonValueKind.Object)
        {
            return price;
        }

        foreach (var rate in rates.EnumerateObject())
        {
            if (TokenUnit(rate.Name) is { } unit)
            {
                AddTokens(price.Standard, unit, rate.Value);
            }
            else if (CatalogueNumbers.Of(rate.Value) is { } usd && !AddUnit(price, rate.Name, usd))
            {
                remarks.Add($"{rate.Name} left out: the book has no such unit");
            }
        }

        return price;
    }

    private static void AddTokens(CatalogueColumn column, string unit, JsonElement value)
    {
        if (CatalogueNumbers.Of(value) is { } flat)
        {
            column.Rates[unit] = CatalogueNumbers.Rate(flat);
            return;
        }

        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("base", out var lowest) || CatalogueNumbers.Of(lowest) is not { } usd)
        {
            return;
        }

        column.Rates[unit] = CatalogueNumbers.Rate(usd);
        if (value.TryGetProperty("tiers", out var steps) && steps.ValueKind == JsonValueKind.Array)
        {
            foreach (var step in steps.EnumerateArray())
            {
                if (step.TryGetProperty("start", out var start) && CatalogueNumbers.Count(start) is { } above
                    && step.TryGetProperty("price", out var price) && CatalogueNumbers.Of(price) is { } dearer)
                {
                    column.Step(above)[unit] = CatalogueNumbers.Rate(dearer);
                }
            }
        }
    }

    // The names are those of genai-prices' ModelPrice.
    private static string? TokenUnit(string name) => name switch
    {
        "input_mtok" => UnitNames.InputToken,
        "output_mtok" => UnitNames.OutputToken,
        "cache_read_mtok" => UnitNames.CacheReadToken,
        "cache_write_mtok" or "cache_write_5m_mtok" => UnitNames.CacheWrite5mToken,
        "cache_write_1h_mtok" => UnitNames.CacheWrite1hToken,
        "output_reasoning_mtok" => UnitNames.ReasoningToken,
        "input_audio_mtok" => UnitNames.AudioInputToken,
        "cache_audio_read_mtok" => UnitNames.AudioCacheReadToken,
        "output_audio_mtok" => UnitNames.AudioOutputToken,
        "input_image_mtok" => UnitNames.ImageInputToken,
        "output_image_mtok" => UnitNames.ImageOutputToken,
        _ => null,
    };

    private static bool AddUnit(CataloguePrice price, string name, decimal usd)
    {
        var (unit, one) = name switch
        {
            "web_searches_kcount" => (UnitNames.WebSearch, usd / Thousand),
            "storage_searches_kcount" => (UnitNames.FileSearch, usd / Thousand),
            "requests_kcount" => (UnitNames.Request, usd / Thousand),
            "input_document_kpages" => (UnitNames.Page, usd / Thousand),
            "input_annotated_document_kpages" => (UnitNames.Page + "/annotated", usd / Thousand),
            "audio_hours" or "input_audio_hours" => (UnitNames.Second, usd / SecondsPerHour),
            "output_citation_mtok" => (UnitNames.CitationToken, usd / 1_000_000m),
            _ => ("", 0m),
        };
        if (unit.Length == 0)
        {
            return false;
        }

        price.Units[unit] = CatalogueNumbers.Rate(one);
        return true;
    }
}
