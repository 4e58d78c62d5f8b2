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
                valid = TokenCount.TryReadNext(ref reader, out counts.Prompt);
            }
            else if (reader.ValueTextEquals("candidatesTokenCount"u8) || reader.ValueTextEquals("responseTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Candidates);
            }
            else if (reader.ValueTextEquals("thoughtsTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Thoughts);
            }
            else if (reader.ValueTextEquals("toolUsePromptTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.ToolPrompt);
            }
            else if (reader.ValueTextEquals("cachedContentTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Cached);
            }
            else if (reader.ValueTextEquals("totalTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Total);
            }
            else if (reader.ValueTextEquals("promptTokensDetails"u8) || reader.ValueTextEquals("promptTokenDetails"u8)
                || reader.ValueTextEquals("toolUsePromptTokensDetails"u8))
            {
                valid = ModalityTokens.Read(ref reader, ref counts.InputModes);
            }
            else if (reader.ValueTextEquals("cacheTokensDetails"u8))
            {
                valid = ModalityTokens.Read(ref reader, ref counts.CacheModes);
            }
            else if (reader.ValueTextEquals("candidatesTokensDetails"u8) || reader.ValueTextEquals("responseTokensDetails"u8))
            {
                valid = ModalityTokens.Read(ref reader, ref counts.OutputModes);
            }
            else if (reader.ValueTextEquals("serviceTier"u8))
            {
                reader.Read();
                counts.Tier = TierName(ref reader) ?? counts.Tier;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("trafficType"u8))
            {
                reader.Read();
                counts.Tier = TrafficName(ref reader) ?? counts.Tier;
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

    private static string? TierName(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && reader.ValueSpan.Length <= 64
            ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan)
            : null;

    // By name, or by number in the order of Google's TrafficType (transcoded gRPC).
    private static string? TrafficName(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            return TierName(ref reader);
        }

        return !reader.TryGetInt32(out var number) ? null : number switch
        {
            1 => "on_demand",
            2 => "provisioned_throughput",
            3 => "on_demand_priority",
            4 => "on_demand_flex",
            _ => null,
        };
    }

    private struct Counts
    {
        public long? Prompt;
        public long? Candidates;
        public long? Thoughts;
        public long? ToolPrompt;
        public long? Cached;
        public long? Total;
        public ModalityTokens InputModes;
        public ModalityTokens CacheModes;
        public ModalityTokens OutputModes;
        public string? Tier;
        public bool HasUnknownNumber;
    }
}
