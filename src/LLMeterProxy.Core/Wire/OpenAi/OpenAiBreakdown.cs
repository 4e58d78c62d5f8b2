using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// Groq's <c>usage_breakdown</c>: <c>{"models":[{"model","usage"}]}</c>, one entry a call that a compound system made to a model.
/// Source: the types of Groq's SDK.
/// </summary>
internal static class OpenAiBreakdown
{
    /// <returns>One entry a model, in the order in which they first come; null where it is malformed.</returns>
    public static List<ExtraUsage>? Read(ReadOnlySpan<byte> raw)
    {
        var parts = new List<ExtraUsage>();
        try
        {
            var reader = new Utf8JsonReader(raw);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isModels = reader.ValueTextEquals("models"u8);
                reader.Read();
                if (!isModels || reader.TokenType != JsonTokenType.StartArray)
                {
                    reader.Skip();
                    continue;
                }

                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    if (!ReadModel(ref reader, raw, parts))
                        return null;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        return parts;
    }

    /// <summary>True where the parts have at least the tokens of the totals.</summary>
    public static bool Covers(IReadOnlyList<ExtraUsage> parts, TokenUsage totals, out bool isExact)
    {
        long input = 0, output = 0;
        foreach (var part in parts)
        {
            input += part.Usage.InputTokens;
            output += part.Usage.OutputTokens;
        }

        isExact = input == totals.InputTokens && output == totals.OutputTokens;
        return input >= totals.InputTokens && output >= totals.OutputTokens;
    }

    private static bool ReadModel(ref Utf8JsonReader reader, ReadOnlySpan<byte> raw, List<ExtraUsage> parts)
    {
        string? model = null;
        UsageReading? reading = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isModel = reader.ValueTextEquals("model"u8);
            var isUsage = reader.ValueTextEquals("usage"u8);
            reader.Read();
            if (isModel && reader.TokenType == JsonTokenType.String)
                model = reader.GetString();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isUsage && OpenAiUsage.Read(raw[start..(int)reader.BytesConsumed], out reading) != UsageState.Read)
                return false;
        }

        if (model is null || reading is null)
            return false;
        Add(parts, model, reading.Usage);
        return true;
    }

    private static void Add(List<ExtraUsage> parts, string model, TokenUsage usage)
    {
        var known = parts.FindIndex(part => part.Model == model);
        if (known < 0)
        {
            parts.Add(new ExtraUsage(ExtraUsage.PartKind, model, usage));
            return;
        }

        var sum = parts[known].Usage;
        parts[known] = parts[known] with
        {
            Usage = new TokenUsage
            {
                InputTokens = sum.InputTokens + usage.InputTokens,
                UncachedInputTokens = sum.UncachedInputTokens + usage.UncachedInputTokens,
                CacheReadTokens = sum.CacheReadTokens + usage.CacheReadTokens,
                OutputTokens = sum.OutputTokens + usage.OutputTokens,
                ReasoningTokens = sum.ReasoningTokens + usage.ReasoningTokens,
            },
        };
    }
}
