using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// Bedrock's own usage objects: Converse's <c>usage</c>, which Nova's native format has too, and the
/// <c>amazon-bedrock-invocationMetrics</c> of a stream. Cache reads and writes are on top of the input. The
/// <c>…TokenCount</c> twins of the cache members repeat them and count only where they stand alone.
/// </summary>
internal static class BedrockUsage
{
    public static UsageState Read(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        reading = null;
        var counts = default(BedrockCounts);
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

        if (counts.Input is null && counts.Output is null && counts.Total is null)
        {
            return UsageState.Absent;
        }

        reading = counts.Normalise();
        return UsageState.Read;
    }

    private static bool ReadMembers(ref Utf8JsonReader reader, ref BedrockCounts counts)
    {
        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("inputTokens"u8) || reader.ValueTextEquals("inputTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Input);
            }
            else if (reader.ValueTextEquals("outputTokens"u8) || reader.ValueTextEquals("outputTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Output);
            }
            else if (reader.ValueTextEquals("totalTokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.Total);
            }
            else if (reader.ValueTextEquals("cacheReadInputTokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.CacheRead);
            }
            else if (reader.ValueTextEquals("cacheReadInputTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.CacheReadTwin);
            }
            else if (reader.ValueTextEquals("cacheWriteInputTokens"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.CacheWrite);
            }
            else if (reader.ValueTextEquals("cacheWriteInputTokenCount"u8))
            {
                valid = TokenCount.TryReadNext(ref reader, out counts.CacheWriteTwin);
            }
            else if (reader.ValueTextEquals("cacheDetails"u8))
            {
                valid = ReadCacheDetails(ref reader, ref counts);
            }
            else
            {
                SkipOther(ref reader, ref counts);
            }
        }

        return valid;
    }

    private static bool ReadCacheDetails(ref Utf8JsonReader reader, ref BedrockCounts counts)
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

            var isLong = false;
            long? tokens = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("ttl"u8))
                {
                    reader.Read();
                    isLong = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("1h"u8);
                    reader.Skip();
                }
                else if (!reader.ValueTextEquals("inputTokens"u8))
                {
                    SkipOther(ref reader, ref counts);
                }
                else if (!TokenCount.TryReadNext(ref reader, out tokens))
                {
                    return false;
                }
            }

            counts.Detailed += tokens ?? 0;
            counts.LongLived += isLong ? tokens ?? 0 : 0;
        }

        return true;
    }

    // Server tools are counted in an object of their own; times are no consumption.
    private static void SkipOther(ref Utf8JsonReader reader, ref BedrockCounts counts)
    {
        var isTime = reader.ValueTextEquals("invocationLatency"u8) || reader.ValueTextEquals("firstByteLatency"u8);
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            counts.HasUnknownNumber |= !isTime && TokenCount.IsNonZeroNumber(ref reader);
            return;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            counts.HasUnknownNumber |= TokenCount.IsNonZeroNumber(ref reader);
        }
    }
}
