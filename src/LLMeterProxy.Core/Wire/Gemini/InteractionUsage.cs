using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>
/// <c>usage</c> of the Interactions API: thoughts are on top of the output and tool results on top of the input, cached tokens
/// are inside the input. Source: the API reference of the Gemini API.
/// </summary>
internal static class InteractionUsage
{
    /// <param name="grounding">Calls of grounding tools; nulls where the usage does not state them.</param>
    public static UsageState Read(ReadOnlySpan<byte> raw, out UsageReading? reading, out (long? Searches, long? Maps) grounding)
    {
        reading = null;
        grounding = default;
        var counts = default(Counts);
        try
        {
            var reader = new Utf8JsonReader(raw);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !ReadMembers(ref reader, ref counts))
            {
                return UsageState.Invalid;
            }
        }
        catch (JsonException)
        {
            return UsageState.Invalid;
        }

        if (counts.Input is null && counts.Output is null && counts.Thought is null && counts.Total is null)
        {
            return UsageState.Absent;
        }

        grounding = (counts.Searches, counts.Maps);
        reading = Normalise(counts);
        return UsageState.Read;
    }

    private static UsageReading Normalise(in Counts counts)
    {
        var input = (counts.Input ?? 0) + (counts.ToolUse ?? 0);
        var thought = counts.Thought ?? 0;
        var output = (counts.Output ?? 0) + thought;
        if (counts.Input is null && counts.Output is null && counts.Thought is null)
        {
            input = counts.Total ?? 0;
        }

        var cached = counts.Cached ?? 0;
        return new UsageReading(new TokenUsage
        {
            InputTokens = input,
            UncachedInputTokens = Math.Max(0, input - cached),
            CacheReadTokens = cached,
            OutputTokens = output,
            ReasoningTokens = thought,
            AudioInputTokens = Math.Min(counts.InputModes.Audio, input),
            ImageInputTokens = Math.Min(counts.InputModes.Image, input),
            AudioCacheReadTokens = Math.Min(counts.CacheModes.Audio, cached),
            AudioOutputTokens = Math.Min(counts.OutputModes.Audio, output),
            ImageOutputTokens = Math.Min(counts.OutputModes.Image, output),
        })
        {
            IsInconsistent = cached > input || (counts.Total is { } total && total != input + output),
            HasUnknownNumber = counts.HasUnknownNumber,
        };
    }

    private static bool ReadMembers(ref Utf8JsonReader reader, ref Counts counts)
    {
        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("total_input_tokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Input);
            }
            else if (reader.ValueTextEquals("total_output_tokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Output);
            }
            else if (reader.ValueTextEquals("total_thought_tokens"u8) || reader.ValueTextEquals("total_reasoning_tokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Thought);
            }
            else if (reader.ValueTextEquals("total_cached_tokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Cached);
            }
            else if (reader.ValueTextEquals("total_tool_use_tokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.ToolUse);
            }
            else if (reader.ValueTextEquals("total_tokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Total);
            }
            else if (reader.ValueTextEquals("input_tokens_by_modality"u8) || reader.ValueTextEquals("tool_use_tokens_by_modality"u8))
            {
                valid = ModalityTokens.Read(ref reader, ref counts.InputModes);
            }
            else if (reader.ValueTextEquals("cached_tokens_by_modality"u8))
            {
                valid = ModalityTokens.Read(ref reader, ref counts.CacheModes);
            }
            else if (reader.ValueTextEquals("output_tokens_by_modality"u8))
            {
                valid = ModalityTokens.Read(ref reader, ref counts.OutputModes);
            }
            else if (reader.ValueTextEquals("grounding_tool_count"u8))
            {
                valid = ReadTools(ref reader, ref counts);
            }
            else
            {
                // The tokens of the prompt before it was shaped for the model; not what is billed.
                var isKnown = reader.ValueTextEquals("raw_prompt_token"u8);
                reader.Read();
                counts.HasUnknownNumber |= !isKnown && TokenCount.IsNonZeroNumber(ref reader);
                reader.Skip();
            }
        }

        return valid;
    }

    private static bool ReadTools(ref Utf8JsonReader reader, ref Counts counts)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return true;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            if (!ReadTool(ref reader, ref counts))
            {
                return false;
            }
        }

        return true;
    }

    private static bool ReadTool(ref Utf8JsonReader reader, ref Counts counts)
    {
        var isSearch = false;
        var isMaps = false;
        long? count = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                isSearch = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("google_search"u8);
                isMaps = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("google_maps"u8);
                reader.Skip();
            }
            else if (!reader.ValueTextEquals("count"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else if (!TokenCount.TryReadNext(ref reader, out count))
            {
                return false;
            }
        }

        counts.Searches = isSearch ? (counts.Searches ?? 0) + (count ?? 0) : counts.Searches;
        counts.Maps = isMaps ? (counts.Maps ?? 0) + (count ?? 0) : counts.Maps;
        return true;
    }

    private struct Counts
    {
        public long? Input;
        public long? Output;
        public long? Thought;
        public long? Cached;
        public long? ToolUse;
        public long? Total;
        public long? Searches;
        public long? Maps;
        public ModalityTokens InputModes;
        public ModalityTokens CacheModes;
        public ModalityTokens OutputModes;
        public bool HasUnknownNumber;
    }
}
