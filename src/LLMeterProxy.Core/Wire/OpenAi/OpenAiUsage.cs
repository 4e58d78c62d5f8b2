using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// Usage objects of the OpenAI family, chat and Responses spelling alike. Cached, written and reasoning tokens are inside their
/// totals; where <c>total_tokens</c> says otherwise (xAI's chat, Mistral's audio, Gemini's hidden thinking) it is believed, by
/// its arithmetic and not by the provider's name.
/// </summary>
internal static class OpenAiUsage
{
    // Far from what a decimal cannot hold, and above every cost and tick count that is believed.
    private const decimal MaxNumber = 1_000_000_000_000_000_000m;

    // xAI's unit.
    private const decimal TicksPerUsd = 10_000_000_000m;

    /// <param name="raw">The usage object as on the wire.</param>
    public static UsageState Read(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        reading = null;
        var counts = default(OpenAiCounts);
        try
        {
            var reader = new Utf8JsonReader(raw);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return UsageState.Invalid;
            }

            if (!ReadMembers(ref reader, ref counts))
            {
                return UsageState.Invalid;
            }
        }
        catch (JsonException)
        {
            return UsageState.Invalid;
        }

        if (counts.Input is null && counts.Output is null && counts.Total is null)
        {
            return UsageState.Absent;
        }

        if (counts.HasNullTotal)
        {
            return UsageState.Invalid;
        }

        reading = counts.Normalise();
        return UsageState.Read;
    }

    private static bool ReadMembers(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "prompt_tokens"u8, "input_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Input, out var isNull);
                counts.HasNullTotal |= isNull;
            }
            else if (Is(ref reader, "completion_tokens"u8, "output_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Output, out var isNull);
                counts.HasNullTotal |= isNull;
            }
            else if (Is(ref reader, "total_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Total);
            }
            else if (Is(ref reader, "prompt_tokens_details"u8, "input_tokens_details"u8)
                || Is(ref reader, "prompt_token_details"u8, "input_token_details"u8))
            {
                valid = ReadInputDetails(ref reader, ref counts);
            }
            else if (Is(ref reader, "completion_tokens_details"u8, "output_tokens_details"u8) || Is(ref reader, "output_token_details"u8))
            {
                valid = ReadOutputDetails(ref reader, ref counts);
            }
            else if (Is(ref reader, "cached_tokens"u8, "num_cached_tokens"u8) || Is(ref reader, "prompt_cache_hit_tokens"u8, "cache_read_input_tokens"u8))
            {
                valid = Count(ref reader, ref counts.CachedBeside);
            }
            else if (Is(ref reader, "prompt_audio_seconds"u8))
            {
                reader.Read();
                counts.AudioSeconds = Number(ref reader);
                reader.Skip();
            }
            else if (Is(ref reader, "cost"u8))
            {
                ReadCost(ref reader, ref counts);
            }
            else if (Is(ref reader, "cost_in_usd_ticks"u8))
            {
                reader.Read();
                counts.Cost = Number(ref reader) / TicksPerUsd;
                reader.Skip();
            }
            else if (Is(ref reader, "is_byok"u8))
            {
                reader.Read();
                counts.IsByok = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else if (Is(ref reader, "cost_details"u8))
            {
                ReadCostDetails(ref reader, ref counts);
            }
            else if (Is(ref reader, "server_tool_use_details"u8, "server_tool_use"u8))
            {
                ReadServerTools(ref reader, ref counts);
            }
            else
            {
                SkipUnknown(ref reader, ref counts);
            }
        }

        return valid;
    }

    private static bool ReadInputDetails(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!EnterObject(ref reader))
        {
            return true;
        }

        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "cached_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Cached);
            }
            else if (Is(ref reader, "cache_write_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Written);
            }
            else if (Is(ref reader, "audio_tokens"u8))
            {
                valid = Count(ref reader, ref counts.AudioInput);
            }
            else if (Is(ref reader, "image_tokens"u8))
            {
                valid = Count(ref reader, ref counts.ImageInput);
            }
            else if (Is(ref reader, "cached_tokens_details"u8))
            {
                valid = ReadCachedDetails(ref reader, ref counts);
            }
            else if (Is(ref reader, "text_tokens"u8, "video_tokens"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else
            {
                SkipUnknown(ref reader, ref counts);
            }
        }

        return valid;
    }

    private static bool ReadCachedDetails(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!EnterObject(ref reader))
        {
            return true;
        }

        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "audio_tokens"u8))
            {
                valid = Count(ref reader, ref counts.AudioCached);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return valid;
    }

    private static bool ReadOutputDetails(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!EnterObject(ref reader))
        {
            return true;
        }

        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "reasoning_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Reasoning);
            }
            else if (Is(ref reader, "audio_tokens"u8))
            {
                valid = Count(ref reader, ref counts.AudioOutput);
            }
            else if (Is(ref reader, "image_tokens"u8))
            {
                valid = Count(ref reader, ref counts.ImageOutput);
            }
            else if (Is(ref reader, "text_tokens"u8, "accepted_prediction_tokens"u8) || Is(ref reader, "rejected_prediction_tokens"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else
            {
                SkipUnknown(ref reader, ref counts);
            }
        }

        return valid;
    }

    // A number (OpenRouter), or an object with the sum (Perplexity).
    private static void ReadCost(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            counts.Cost = Number(ref reader);
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSum = Is(ref reader, "total_cost"u8);
            reader.Read();
            counts.Cost = isSum ? Number(ref reader) : counts.Cost;
            reader.Skip();
        }
    }

    private static void ReadCostDetails(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUpstream = Is(ref reader, "upstream_inference_cost"u8);
            reader.Read();
            if (isUpstream)
            {
                counts.UpstreamCost = Number(ref reader);
            }

            reader.Skip();
        }
    }

    private static void ReadServerTools(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSearch = Is(ref reader, "web_search_requests"u8);
            reader.Read();
            if (isSearch && TokenCount.TryRead(ref reader, out var searches))
            {
                counts.WebSearches = searches;
            }

            reader.Skip();
        }
    }

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name);

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) =>
        reader.ValueTextEquals(name) || reader.ValueTextEquals(other);

    private static bool Count(ref Utf8JsonReader reader, ref long? count) => Count(ref reader, ref count, out _);

    private static bool Count(ref Utf8JsonReader reader, ref long? count, out bool isNull)
    {
        reader.Read();
        isNull = reader.TokenType == JsonTokenType.Null;
        if (!TokenCount.TryRead(ref reader, out var value))
        {
            return false;
        }

        count = value ?? count;
        return true;
    }

    private static decimal? Number(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number) && number is >= 0 and <= MaxNumber ? number : null;

    private static bool EnterObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        reader.Skip();
        return false;
    }

    // Durations, rates and tool statistics are no dimension of any price; any other number might be (T72).
    private static void SkipUnknown(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        var name = reader.ValueSpan;
        var isMeasurement = name.EndsWith("time"u8) || name.EndsWith("_ms"u8) || name.EndsWith("_sec"u8) || name.EndsWith("per_second"u8)
            || name.StartsWith("num_s"u8) || name.StartsWith("prompt_cache_miss"u8) || name.StartsWith("draft_tokens"u8)
            || name.SequenceEqual("reasoning_tokens"u8) || name.SequenceEqual("audio_prompt_tokens"u8);
        reader.Read();
        counts.HasUnknownNumber |= !isMeasurement && TokenCount.IsNonZeroNumber(ref reader);
        reader.Skip();
    }
}
