using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>The steps in which usage objects of the OpenAI family are read.</summary>
internal static class UsageMembers
{
    // Far from what a decimal cannot hold, and above every cost and tick count that is believed.
    private const decimal MaxNumber = 1_000_000_000_000_000_000m;

    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name);

    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) =>
        reader.ValueTextEquals(name) || reader.ValueTextEquals(other);

    /// <summary>Advances to the member's value and takes it; a null leaves the count as it is.</summary>
    /// <returns>False where it is no count (T68).</returns>
    public static bool Count(ref Utf8JsonReader reader, ref long? count) => Count(ref reader, ref count, out _);

    /// <inheritdoc cref="Count(ref Utf8JsonReader, ref long?)"/>
    public static bool Count(ref Utf8JsonReader reader, ref long? count, out bool isNull)
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

    /// <summary>Advances to the member's value and takes it where it is a count; anything else is none, and no reason to doubt the tokens.</summary>
    public static void Units(ref Utf8JsonReader reader, ref long? count)
    {
        reader.Read();
        if (TokenCount.TryRead(ref reader, out var value))
        {
            count = value ?? count;
        }

        reader.Skip();
    }

    /// <summary>Advances to the member's value and takes it where it is a number from 0.</summary>
    public static decimal? NumberOf(ref Utf8JsonReader reader)
    {
        reader.Read();
        var number = Number(ref reader);
        reader.Skip();
        return number;
    }

    /// <summary>The value that the reader stands on; null where it is no number from 0.</summary>
    public static decimal? Number(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number) && number is >= 0 and <= MaxNumber ? number : null;

    // Durations, rates and tool statistics are no dimension of any price; any other number might be (T72).
    public static void SkipUnknown(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        var name = reader.ValueSpan;
        var isMeasurement = name.EndsWith("time"u8) || name.EndsWith("_ms"u8) || name.EndsWith("_sec"u8) || name.EndsWith("per_second"u8)
            || name.StartsWith("num_server"u8) || name.StartsWith("prompt_cache_miss"u8) || name.StartsWith("draft_tokens"u8)
            || name.SequenceEqual("audio_prompt_tokens"u8) || name.SequenceEqual("doc_size_bytes"u8) || name.SequenceEqual("request_count"u8);
        reader.Read();
        counts.HasUnknownNumber |= !isMeasurement && TokenCount.IsNonZeroNumber(ref reader);
        reader.Skip();
    }
}
