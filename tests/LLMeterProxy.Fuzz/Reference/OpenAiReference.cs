using System.Text.Json;

namespace LLMeterProxy.Fuzz.Reference;

/// <summary>
/// Usage objects of OpenAI's formats, as its API reference describes them: details are inside their totals, and a total above
/// the sum says what is beside it (reasoning, audio, thinking that no member states).
/// </summary>
internal static class OpenAiReference
{
    public static bool StatesCount(JsonElement usage) =>
        usage.ValueKind == JsonValueKind.Object
        && (IsStated(usage, "prompt_tokens") || IsStated(usage, "input_tokens") || IsStated(usage, "completion_tokens")
            || IsStated(usage, "output_tokens") || IsStated(usage, "total_tokens"));

    /// <summary>Puts the figures of one usage object into the reading, in place of those of an earlier one.</summary>
    public static void Take(JsonElement usage, Reading reading)
    {
        var invalid = false;
        var input = JsonNumbers.Count(usage, "prompt_tokens", ref invalid) ?? JsonNumbers.Count(usage, "input_tokens", ref invalid);
        var output = JsonNumbers.Count(usage, "completion_tokens", ref invalid) ?? JsonNumbers.Count(usage, "output_tokens", ref invalid);
        var total = JsonNumbers.Count(usage, "total_tokens", ref invalid);
        var into = Details(usage, "prompt_tokens_details", "input_tokens_details");
        var outOf = Details(usage, "completion_tokens_details", "output_tokens_details");
        var cached = JsonNumbers.Count(into, "cached_tokens", ref invalid) ?? 0;
        var written = JsonNumbers.Count(into, "cache_write_tokens", ref invalid) ?? 0;
        var audio = JsonNumbers.Count(into, "audio_tokens", ref invalid) ?? 0;
        var reasoning = JsonNumbers.Count(outOf, "reasoning_tokens", ref invalid) ?? 0;
        JsonNumbers.Count(outOf, "audio_tokens", ref invalid);

        // A figure that is null is what the total leaves; without such a total nobody knows it.
        var hasNull = IsNull(usage, "prompt_tokens") || IsNull(usage, "input_tokens") || IsNull(usage, "completion_tokens") || IsNull(usage, "output_tokens");
        invalid |= hasNull && (total is null || total < (input ?? 0) + (output ?? 0));
        reading.HasUsage = !invalid;
        reading.IsInvalid = invalid;
        if (invalid)
        {
            return;
        }

        var allIn = input ?? Math.Max(0, (total ?? 0) - (output ?? 0));
        var allOut = output ?? Math.Max(0, (total ?? 0) - allIn);
        var gap = (total ?? (allIn + allOut)) - allIn - allOut;
        if (gap != 0 && gap == reasoning)
        {
            allOut += reasoning;
        }
        else if (gap != 0 && gap == audio)
        {
            allIn += audio;
        }
        else if (gap != 0 && gap == audio + reasoning)
        {
            allIn += audio;
            allOut += reasoning;
        }
        else if (gap > 0 && reasoning == 0 && audio == 0)
        {
            allOut += gap;
            reasoning = gap;
        }

        reading.Input = allIn;
        reading.Output = allOut;
        reading.Reasoning = reasoning;
        reading.CacheRead = cached;
        reading.CacheWrite5m = written;
        reading.CacheWrite1h = 0;
        reading.Uncached = Math.Max(0, allIn - cached - written);
    }

    private static JsonElement Details(JsonElement usage, string name, string other) =>
        usage.TryGetProperty(name, out _) ? JsonNumbers.Object(usage, name) : JsonNumbers.Object(usage, other);

    private static bool IsStated(JsonElement usage, string name) => usage.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static bool IsNull(JsonElement usage, string name) => usage.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;
}
