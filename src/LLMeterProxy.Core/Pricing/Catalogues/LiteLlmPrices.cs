using System.Globalization;
using System.Text.Json;
using LLMeterProxy.Core.Usage;
using static System.FormattableString;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Turns one entry of LiteLLM's file into a price. Values that cannot mean what their field says are left out, with a remark.</summary>
internal sealed class LiteLlmPrices(LiteLlmName name, string mode, List<string> remarks)
{
    private const decimal Million = 1_000_000m;

    /// <summary>USD; a price "per image" below this is one per token in the wrong field (gpt-realtime, grok-2-vision).</summary>
    private const decimal LeastPerImage = 0.00002m;

    private readonly CataloguePrice _price = new();

    private decimal? _secondsIn;
    private decimal? _secondsOut;
    private decimal? _audioWrite;

    public CataloguePrice Read(JsonElement entry)
    {
        foreach (var field in entry.EnumerateObject())
        {
            if (LiteLlmFields.TryRead(field.Name, out var unit, out var above, out var tier))
            {
                if (CatalogueNumbers.Of(field.Value) is { } usd)
                {
                    AddTokens(unit, above, tier, CatalogueNumbers.Rate(usd * Million));
                }
            }
            else
            {
                AddOther(field.Name, field.Value);
            }
        }

        Tidy();
        return _price;
    }

    private void AddTokens(string unit, long? above, string? tier, decimal rate)
    {
        var column = _price.Standard;
        if (tier is not null && !_price.Tiers.TryGetValue(tier, out column))
        {
            _price.Tiers[tier] = column = new CatalogueColumn();
        }

        (above is { } tokens ? column!.Step(tokens) : column!.Rates)[unit] = rate;
    }

    private void AddOther(string field, JsonElement value)
    {
        switch (field)
        {
            case "search_context_cost_per_query":
                AddSearch(value);
                return;
            case "tiered_pricing":
                AddRanges(value);
                return;
            case "provider_specific_entry":
                AddFactors(value);
                return;
        }

        if (CatalogueNumbers.Of(value) is not { } usd)
        {
            return;
        }

        switch (field)
        {
            case "input_cost_per_second":
                _secondsIn = usd;
                break;
            case "output_cost_per_second":
                _secondsOut = usd;
                break;
            case "output_cost_per_video_per_second":
                AddUnit(UnitNames.Second, usd);
                break;
            case "output_cost_per_second_1080p":
                AddUnit(UnitNames.Second + "/1080p", usd);
                break;
            case "input_cost_per_character":
                AddUnit(UnitNames.Character, usd);
                break;
            case "output_cost_per_image":
                AddImage(usd, isOutput: true);
                break;
            case "input_cost_per_image":
                AddImage(usd, isOutput: false);
                break;
            case "input_cost_per_pixel":
                AddPixels(usd);
                break;
            case "ocr_cost_per_page":
                AddUnit(UnitNames.Page, usd);
                break;
            case "annotation_cost_per_page":
                AddUnit(UnitNames.Page + "/annotated", usd);
                break;
            case "input_cost_per_query":
                AddUnit(mode == "rerank" ? UnitNames.SearchUnit : UnitNames.Request, usd);
                break;
            case "input_cost_per_request":
                AddUnit(UnitNames.Request, usd);
                break;
            case "citation_cost_per_token":
                AddUnit(UnitNames.CitationToken, usd);
                break;
            case "code_interpreter_cost_per_session":
                AddUnit(UnitNames.CodeInterpreterSession, usd);
                break;
            case "file_search_cost_per_1k_calls":
                AddUnit(UnitNames.FileSearch, usd / 1000);
                break;
            case "regional_processing_uplift_multiplier_eu":
                _price.Geos["eu"] = usd;
                break;
            case "regional_processing_uplift_multiplier_us":
                _price.Geos["us"] = usd;
                break;
            case "cache_creation_input_audio_token_cost":
                _audioWrite = CatalogueNumbers.Rate(usd * Million);
                break;
        }
    }

    private void AddUnit(string unit, decimal usd) => _price.Units[unit] = CatalogueNumbers.Rate(usd);

    private void AddImage(decimal usd, bool isOutput)
    {
        if (name.Image is { } kind)
        {
            AddUnit($"{UnitNames.Image}/{kind}", usd);
        }
        else if (isOutput || mode is "image_generation" or "image_edit" or "embedding")
        {
            AddUnit(UnitNames.Image, usd);
        }
        else if (usd > 0)
        {
            remarks.Add(Invariant($"input_cost_per_image {usd} left out: images in a prompt of this model are counted as tokens"));
        }
    }

    private void AddPixels(decimal usdPerPixel)
    {
        if (name.Image is not { } kind || usdPerPixel <= 0)
        {
            return;
        }

        var size = kind.Split('/')[0].Split('x');
        if (size.Length == 2 && int.TryParse(size[0], CultureInfo.InvariantCulture, out var width) && int.TryParse(size[1], CultureInfo.InvariantCulture, out var height))
        {
            // A price per pixel is a rounded price per image divided again; images are sold at whole tenths of a cent.
            _price.Units.TryAdd($"{UnitNames.Image}/{kind}", decimal.Round(usdPerPixel * width * height, 3));
        }
    }

    private void AddSearch(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var sizes = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var size in (ReadOnlySpan<string>)["low", "medium", "high"])
        {
            if (value.TryGetProperty("search_context_size_" + size, out var price) && CatalogueNumbers.Of(price) is { } usd)
            {
                sizes[size] = usd;
            }
        }

        if (sizes.Count == 0)
        {
            return;
        }

        var unit = name.List switch
        {
            // Perplexity charges each request by its context; Google by grounded prompt, since Gemini 3 by query.
            "perplexity" when name.Id != "sonar-deep-research" => UnitNames.Request,
            "gemini" or "vertex" when !name.Id.StartsWith("claude", StringComparison.Ordinal) =>
                sizes.Values.First() < 0.02m ? UnitNames.GroundingQuery : UnitNames.GroundedPrompt,
            _ => UnitNames.WebSearch,
        };
        AddUnit(unit, sizes.TryGetValue(unit == UnitNames.Request ? "low" : "medium", out var usual) ? usual : sizes.Values.First());
        if (sizes.Values.Distinct().Count() > 1)
        {
            foreach (var (size, usd) in sizes)
            {
                AddUnit($"{unit}/{size}", usd);
            }
        }
    }

    private void AddRanges(JsonElement ranges)
    {
        if (ranges.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var range in ranges.EnumerateArray())
        {
            if (!range.TryGetProperty("range", out var bounds) || bounds.ValueKind != JsonValueKind.Array || bounds.GetArrayLength() == 0
                || CatalogueNumbers.Of(bounds[0]) is not { } start)
            {
                remarks.Add("tiered_pricing without a range of tokens left out");
                return;
            }

            foreach (var field in range.EnumerateObject())
            {
                if (LiteLlmFields.TryRead(field.Name, out var unit, out _, out _) && CatalogueNumbers.Of(field.Value) is { } usd)
                {
                    AddTokens(unit, start > 0 ? (long)start : null, null, CatalogueNumbers.Rate(usd * Million));
                }
            }
        }
    }

    private void AddFactors(JsonElement factors)
    {
        if (factors.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var factor in factors.EnumerateObject())
        {
            if (CatalogueNumbers.Of(factor.Value) is { } value)
            {
                (factor.Name == "fast" ? _price.Speeds : _price.Geos)[factor.Name] = value;
            }
        }
    }

    private void Tidy()
    {
        var rates = _price.Standard.Rates;
        if (_audioWrite is { } write && !rates.ContainsKey(UnitNames.AudioCacheReadToken)
            && rates.TryGetValue(UnitNames.AudioInputToken, out var audio) && write < audio)
        {
            rates[UnitNames.AudioCacheReadToken] = write;
            remarks.Add("cache_creation_input_audio_token_cost is below the audio input price: taken as the price of cached audio");
        }

        TidySeconds(rates.Count > 0);
        TidyImages(rates);
        TidyZeros(rates);
        TidyDoubtful(rates);
        foreach (var column in _price.Tiers.Values.Prepend(_price.Standard))
        {
            DropEqual(column, UnitNames.ReasoningToken, UnitNames.OutputToken);
        }

        foreach (var (tier, column) in _price.Tiers.ToList())
        {
            if (column.IsSameAs(_price.Standard))
            {
                _price.Tiers.Remove(tier);
                remarks.Add(Invariant($"{tier} left out: every price of it is the standard one"));
            }
        }
    }

    private void TidySeconds(bool hasTokens)
    {
        if (hasTokens)
        {
            if ((_secondsIn ?? _secondsOut) > 0)
            {
                remarks.Add("the price per second left out: the model is priced by tokens");
            }
        }
        else if ((_secondsIn is > 0 ? _secondsIn : _secondsOut) is { } usd)
        {
            AddUnit(UnitNames.Second, usd);
            if (_secondsIn > 0 && _secondsOut > 0)
            {
                remarks.Add("output_cost_per_second left out: a second is charged once");
            }
        }
    }

    private void TidyImages(SortedDictionary<string, decimal> rates)
    {
        foreach (var (unit, usd) in _price.Units.Where(u => u.Key.StartsWith(UnitNames.Image, StringComparison.Ordinal)).ToList())
        {
            if (usd is > 0 and < LeastPerImage)
            {
                _price.Units.Remove(unit);
                remarks.Add(Invariant($"{unit} {usd} left out: a price per token in a field per image"));
            }
            else if (usd == 0 || rates.ContainsKey(UnitNames.ImageOutputToken) || (mode == "chat" && rates.ContainsKey(UnitNames.OutputToken)))
            {
                _price.Units.Remove(unit);
                if (usd > 0)
                {
                    remarks.Add(Invariant($"{unit} {usd} left out: the model is priced by tokens, and both would charge twice"));
                }
            }
        }
    }

    /// <summary>A rate of 0 says "free" in our book; in a catalogue it mostly says that there is no such class, or that nobody looked.</summary>
    private void TidyZeros(SortedDictionary<string, decimal> rates)
    {
        if (mode is "embedding" or "rerank" or "image_generation" or "image_edit" or "audio_speech" or "audio_transcription"
            && (_price.Units.Count > 0 || mode is "image_generation" or "image_edit" || rates.Values.Any(r => r > 0)))
        {
            Drop(rates, r => r.Value == 0);
        }
        else if (_price.Units.Count > 0 && rates.Values.All(r => r == 0))
        {
            rates.Clear();
        }

        if (rates.GetValueOrDefault(UnitNames.InputToken) > 0
            && Drop(rates, r => r.Value == 0 && r.Key is UnitNames.CacheReadToken or UnitNames.CacheWrite5mToken or UnitNames.CacheWrite1hToken))
        {
            remarks.Add("cache prices of 0 left out: placeholders");
        }
    }

    private void TidyDoubtful(SortedDictionary<string, decimal> rates)
    {
        if (rates.TryGetValue(UnitNames.AudioInputToken, out var audio) && rates.TryGetValue(UnitNames.InputToken, out var text) && audio < text)
        {
            rates.Remove(UnitNames.AudioInputToken);
            remarks.Add(Invariant($"input_cost_per_audio_token {audio} USD per million left out: no model sells audio below text"));
        }

        foreach (var (above, step) in _price.Standard.Steps.ToList())
        {
            // Gemini's storage of a cache by the hour stands in the field of cache writes, and only above the step.
            if (Drop(step, r => !rates.ContainsKey(r.Key)))
            {
                remarks.Add("a long-context price of a class that has no price below it left out");
            }

            if (step.Count == 0)
            {
                _price.Standard.Steps.Remove(above);
            }
        }
    }

    private static bool Drop(SortedDictionary<string, decimal> rates, Func<KeyValuePair<string, decimal>, bool> isMeant)
    {
        var dropped = rates.Where(isMeant).Select(r => r.Key).ToList();
        foreach (var unit in dropped)
        {
            rates.Remove(unit);
        }

        return dropped.Count > 0;
    }

    private static void DropEqual(CatalogueColumn column, string unit, string other)
    {
        foreach (var rates in column.Steps.Values.Prepend(column.Rates))
        {
            if (rates.TryGetValue(unit, out var rate) && rates.TryGetValue(other, out var same) && rate == same)
            {
                rates.Remove(unit);
            }
        }
    }
}
