using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>
/// <c>usageMetadata</c>: thoughts are on top of candidates, the prompt of tool rounds on top of the prompt, and cached content is
/// inside the prompt. <c>totalTokenCount</c> is the sum of the four.
/// </summary>
internal static class GeminiUsage
{
    public static UsageState Read(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        reading = null;
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

        if (counts.Prompt is null && counts.Candidates is null && counts.Total is null && counts.Thoughts is null)
        {
            return UsageState.Absent;
        }

        reading = Normalise(counts);
        return UsageState.Read;
    }

    private static UsageReading Normalise(in Counts counts)
    {
        var input = (counts.Prompt ?? 0) + (counts.ToolPrompt ?? 0);
        var thoughts = counts.Thoughts ?? 0;
        var output = (counts.Candidates ?? 0) + thoughts;
        var cached = counts.Cached ?? 0;
        if (counts.Prompt is null && counts.Candidates is null && counts.Thoughts is null)
        {
            input = counts.Total ?? 0;
        }

        var inconsistent = cached > input || (counts.Total is { } total && total != input + output);
        return new UsageReading(new TokenUsage
        {
            InputTokens = input,
            UncachedInputTokens = Math.Max(0, input - cached),
            CacheReadTokens = cached,
            OutputTokens = output,
            ReasoningTokens = thoughts,
            AudioInputTokens = Math.Min(counts.InputModes.Audio, input),
            ImageInputTokens = Math.Min(counts.InputModes.Image, input),
            AudioCacheReadTokens = Math.Min(counts.CacheModes.Audio, cached),
            AudioOutputTokens = Math.Min(counts.OutputModes.Audio, output),
            ImageOutputTokens = Math.Min(counts.OutputModes.Image, output),
        })
        {
            ServiceTier = counts.Tier,
            IsInconsistent = inconsistent,
            HasUnknownNumber = counts.HasUnknownNumber,
        };
    }

    private static bool ReadMembers(ref Utf8JsonReader reader, ref Counts counts)
    {
        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("promptTokenCount"u8))
            {
                valid = Count(ref reader, out counts.Prompt);
            }
            else if (reader.ValueTextEquals("candidatesTokenCount"u8) || reader.ValueTextEquals("responseTokenCount"u8))
            {
                valid = Count(ref reader, out counts.Candidates);
            }
            else if (reader.ValueTextEquals("thoughtsTokenCount"u8))
            {
                valid = Count(ref reader, out counts.Thoughts);
            }
            else if (reader.ValueTextEquals("toolUsePromptTokenCount"u8))
            {
                valid = Count(ref reader, out counts.ToolPrompt);
            }
            else if (reader.ValueTextEquals("cachedContentTokenCount"u8))
            {
                valid = Count(ref reader, out counts.Cached);
            }
            else if (reader.ValueTextEquals("totalTokenCount"u8))
            {
                valid = Count(ref reader, out counts.Total);
            }
            else if (reader.ValueTextEquals("promptTokensDetails"u8) || reader.ValueTextEquals("promptTokenDetails"u8)
                || reader.ValueTextEquals("toolUsePromptTokensDetails"u8))
            {
                valid = ReadModes(ref reader, ref counts.InputModes);
            }
            else if (reader.ValueTextEquals("cacheTokensDetails"u8))
            {
                valid = ReadModes(ref reader, ref counts.CacheModes);
            }
            else if (reader.ValueTextEquals("candidatesTokensDetails"u8) || reader.ValueTextEquals("responseTokensDetails"u8))
            {
                valid = ReadModes(ref reader, ref counts.OutputModes);
            }
            else if (reader.ValueTextEquals("serviceTier"u8) || reader.ValueTextEquals("trafficType"u8))
            {
                reader.Read();
                counts.Tier = Tier(ref reader) ?? counts.Tier;
                reader.Skip();
            }
            else
            {
                var isKnown = reader.ValueTextEquals("initialPromptTokenCount"u8);
                reader.Read();
                counts.HasUnknownNumber |= !isKnown && TokenCount.IsNonZeroNumber(ref reader);
                reader.Skip();
            }
        }

        return valid;
    }

    private static bool ReadModes(ref Utf8JsonReader reader, ref Modes modes)
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

            var mode = Mode.Other;
            long? count = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("modality"u8))
                {
                    reader.Read();
                    mode = ModeOf(ref reader);
                    reader.Skip();
                }
                else if (!reader.ValueTextEquals("tokenCount"u8))
                {
                    reader.Read();
                    reader.Skip();
                }
                else if (!Count(ref reader, out count))
                {
                    return false;
                }
            }

            modes.Audio += mode == Mode.Audio ? count ?? 0 : 0;
            modes.Image += mode == Mode.Image ? count ?? 0 : 0;
        }

        return true;
    }

    // Enumerations may come as their numbers (transcoded gRPC).
    private static Mode ModeOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetInt32(out var number) && number is 2 or 4 ? (Mode)number : Mode.Other;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return Mode.Other;
        }

        return reader.ValueTextEquals("AUDIO"u8) ? Mode.Audio : reader.ValueTextEquals("IMAGE"u8) ? Mode.Image : Mode.Other;
    }

    private static string? Tier(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && reader.ValueSpan.Length <= 64
            ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan)
            : null;

    private static bool Count(ref Utf8JsonReader reader, out long? count)
    {
        reader.Read();
        return TokenCount.TryRead(ref reader, out count);
    }

    /// <summary>The numbers of the two modalities that have prices of their own.</summary>
    private enum Mode
    {
        Other = 0,
        Image = 2,
        Audio = 4,
    }

    private struct Modes
    {
        public long Audio;
        public long Image;
    }

    private struct Counts
    {
        public long? Prompt;
        public long? Candidates;
        public long? Thoughts;
        public long? ToolPrompt;
        public long? Cached;
        public long? Total;
        public Modes InputModes;
        public Modes CacheModes;
        public Modes OutputModes;
        public string? Tier;
        public bool HasUnknownNumber;
    }
}
