using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;
using static LLMeterProxy.Core.Wire.OpenAi.UsageMembers;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Reads what usage objects say of the kinds of tokens within their totals.</summary>
internal static class OpenAiTokenDetails
{
    public static bool ReadInput(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!JsonMembers.EnterObject(ref reader))
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
            else if (Is(ref reader, "cache_read_input_tokens"u8))
            {
                valid = Count(ref reader, ref counts.CachedBeside);
            }
            else if (Is(ref reader, "cache_creation_input_tokens"u8, "cache_creation_tokens"u8))
            {
                // Alibaba's explicit cache and Novita: Anthropic's names, within OpenAI's details.
                valid = Count(ref reader, ref counts.WrittenBeside);
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
        if (!JsonMembers.EnterObject(ref reader))
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

    public static bool ReadOutput(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!JsonMembers.EnterObject(ref reader))
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
}
