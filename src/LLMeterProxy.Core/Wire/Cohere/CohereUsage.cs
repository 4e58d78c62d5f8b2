using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Cohere;

/// <summary>
/// <c>usage</c> of the second version and <c>meta</c> of the first. <c>billed_units</c> is the bill; <c>tokens</c> is what the
/// model saw, its template included, and <c>cached_tokens</c> is a part of those, so that neither is in the price. Where there
/// are no billed units the tokens are taken.
/// </summary>
internal static class CohereUsage
{
    public static UsageState Read(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        reading = null;
        var counts = default(CohereCounts);
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

        if (!counts.HasAny)
        {
            return UsageState.Absent;
        }

        reading = counts.Normalise();
        return UsageState.Read;
    }

    private static bool ReadMembers(ref Utf8JsonReader reader, ref CohereCounts counts)
    {
        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("billed_units"u8))
            {
                valid = ReadBilled(ref reader, ref counts);
            }
            else if (reader.ValueTextEquals("tokens"u8))
            {
                valid = ReadTokens(ref reader, ref counts);
            }
            else
            {
                var isKnown = reader.ValueTextEquals("cached_tokens"u8);
                Skip(ref reader, ref counts, isKnown);
            }
        }

        return valid;
    }

    private static bool ReadBilled(ref Utf8JsonReader reader, ref CohereCounts counts)
    {
        if (!JsonMembers.EnterObject(ref reader))
        {
            return true;
        }

        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
            {
                valid = Count(ref reader, ref counts.BilledInput);
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                valid = Count(ref reader, ref counts.BilledOutput);
            }
            else if (reader.ValueTextEquals("search_units"u8))
            {
                valid = Count(ref reader, ref counts.SearchUnits);
            }
            else if (reader.ValueTextEquals("classifications"u8))
            {
                valid = Count(ref reader, ref counts.Classifications);
            }
            else if (reader.ValueTextEquals("images"u8))
            {
                valid = Count(ref reader, ref counts.Images);
            }
            else
            {
                // The tokens of an image are stated beside the images, which are what is billed.
                Skip(ref reader, ref counts, isKnown: reader.ValueTextEquals("image_tokens"u8));
            }
        }

        return valid;
    }

    private static bool ReadTokens(ref Utf8JsonReader reader, ref CohereCounts counts)
    {
        if (!JsonMembers.EnterObject(ref reader))
        {
            return true;
        }

        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Input);
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Output);
            }
            else if (reader.ValueTextEquals("reasoning_tokens"u8))
            {
                valid = Count(ref reader, ref counts.Reasoning);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return valid;
    }

    private static bool Count(ref Utf8JsonReader reader, ref long? count)
    {
        reader.Read();
        if (!TokenCount.TryRead(ref reader, out var value))
        {
            return false;
        }

        count = value ?? count;
        return true;
    }

    private static void Skip(ref Utf8JsonReader reader, ref CohereCounts counts, bool isKnown)
    {
        reader.Read();
        counts.HasUnknownNumber |= !isKnown && TokenCount.IsNonZeroNumber(ref reader);
        reader.Skip();
    }
}
