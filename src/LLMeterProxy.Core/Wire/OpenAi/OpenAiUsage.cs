using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;
using static LLMeterProxy.Core.Wire.OpenAi.UsageMembers;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// Usage objects of the OpenAI family, whichever spelling they have. Cached, written and reasoning tokens are inside their
/// totals; where <c>total_tokens</c> says otherwise (xAI's chat, Mistral's audio, Gemini's hidden thinking) it is believed, by
/// its arithmetic and not by the provider's name.
/// </summary>
internal static class OpenAiUsage
{
    // xAI's unit.
    private const decimal TicksPerUsd = 10_000_000_000m;

    /// <param name="raw">The usage object as on the wire.</param>
    /// <param name="tokensOnly">An object without any token count states nothing; false where the bill may be of units or a cost alone.</param>
    public static UsageState Read(ReadOnlySpan<byte> raw, out UsageReading? reading, bool tokensOnly = true)
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

        if (!counts.HasTokens && (tokensOnly || !counts.HasCharges))
        {
            return UsageState.Absent;
        }

        if (counts.LacksTotal)
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
                valid = OpenAiTokenDetails.ReadInput(ref reader, ref counts);
            }
            else if (Is(ref reader, "completion_tokens_details"u8, "output_tokens_details"u8) || Is(ref reader, "output_token_details"u8))
            {
                valid = OpenAiTokenDetails.ReadOutput(ref reader, ref counts);
            }
            else if (Is(ref reader, "cached_tokens"u8, "num_cached_tokens"u8) || Is(ref reader, "prompt_cache_hit_tokens"u8, "cache_read_input_tokens"u8))
            {
                valid = Count(ref reader, ref counts.CachedBeside);
            }
            else if (Is(ref reader, "cache_creation_input_tokens"u8))
            {
                valid = Count(ref reader, ref counts.WrittenBeside);
            }
            else if (Is(ref reader, "reasoning_tokens"u8))
            {
                valid = Count(ref reader, ref counts.ReasoningBeside);
            }
            else if (Is(ref reader, "citation_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Citations);
            }
            else if (!ReadCharge(ref reader, ref counts))
            {
                SkipUnknown(ref reader, ref counts);
            }
        }

        return valid;
    }

    private static bool ReadCharge(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (Is(ref reader, "cost"u8))
        {
            OpenAiCharges.ReadCost(ref reader, ref counts);
        }
        else if (Is(ref reader, "cost_in_usd_ticks"u8))
        {
            counts.Cost = NumberOf(ref reader) / TicksPerUsd;
        }
        else if (Is(ref reader, "is_byok"u8))
        {
            reader.Read();
            counts.IsByok = reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }
        else if (Is(ref reader, "cost_details"u8))
        {
            OpenAiCharges.ReadCostDetails(ref reader, ref counts);
        }
        else if (Is(ref reader, "server_tool_use_details"u8, "server_tool_use"u8))
        {
            OpenAiCharges.ReadServerTools(ref reader, ref counts);
        }
        else if (Is(ref reader, "server_side_tool_usage_details"u8))
        {
            OpenAiCharges.ReadXAiTools(ref reader, ref counts);
        }
        else if (Is(ref reader, "num_search_queries"u8))
        {
            Units(ref reader, ref counts.WebSearches);
        }
        else if (Is(ref reader, "num_sources_used"u8))
        {
            Units(ref reader, ref counts.Sources);
        }
        else if (Is(ref reader, "search_units"u8))
        {
            Units(ref reader, ref counts.SearchUnits);
        }
        else if (Is(ref reader, "pages_processed"u8))
        {
            Units(ref reader, ref counts.Pages);
        }
        else if (Is(ref reader, "prompt_audio_seconds"u8, "seconds"u8))
        {
            counts.AudioSeconds = NumberOf(ref reader) ?? counts.AudioSeconds;
        }
        else if (Is(ref reader, "search_context_size"u8))
        {
            reader.Read();
            counts.SearchContext = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            reader.Skip();
        }
        else
        {
            return false;
        }

        return true;
    }
}
