using System.Buffers;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>The usage object as the record keeps it: numbers, and the names that say what they are counts of.</summary>
internal static class RawUsage
{
    // Tier, region and model names are shorter.
    private const int LongestName = 64;

    private static readonly SearchValues<byte> _nameBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@-"u8);

    /// <summary>A copy whose strings are emptied but for tiers, regions, types and models: any other could be content, which no record may hold.</summary>
    /// <returns>Empty where the object is malformed.</returns>
    public static ReadOnlyMemory<byte> WithoutText(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty)
        {
            return default;
        }

        try
        {
            return HasText(raw) ? Rewrite(raw) : raw.ToArray();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>The members of both objects; where both have one that is not null in <paramref name="over"/>, that one.</summary>
    public static ReadOnlyMemory<byte> Overlay(ReadOnlyMemory<byte> under, ReadOnlyMemory<byte> over)
    {
        if (under.IsEmpty || over.IsEmpty)
        {
            return over.IsEmpty ? under : over;
        }

        try
        {
            using var lower = JsonDocument.Parse(under);
            using var upper = JsonDocument.Parse(over);
            var output = new ArrayBufferWriter<byte>(under.Length + over.Length);
            using (var writer = new Utf8JsonWriter(output))
            {
                writer.WriteStartObject();
                foreach (var member in lower.RootElement.EnumerateObject())
                {
                    var isReplaced = upper.RootElement.TryGetProperty(member.Name, out var value) && value.ValueKind != JsonValueKind.Null;
                    if (!isReplaced)
                    {
                        member.WriteTo(writer);
                    }
                }

                foreach (var member in upper.RootElement.EnumerateObject())
                {
                    if (member.Value.ValueKind != JsonValueKind.Null)
                    {
                        member.WriteTo(writer);
                    }
                }

                writer.WriteEndObject();
            }

            return output.WrittenMemory;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return over;
        }
    }

    private static bool HasText(ReadOnlySpan<byte> raw)
    {
        var reader = new Utf8JsonReader(raw);
        var found = false;
        var mayBeName = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                found |= !IsName(reader.ValueSpan);
                mayBeName = NamesSomething(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                found |= !mayBeName || !IsName(reader.ValueSpan);
            }
        }

        return found;
    }

    private static ReadOnlyMemory<byte> Rewrite(ReadOnlySpan<byte> raw)
    {
        var output = new ArrayBufferWriter<byte>(raw.Length);
        using var writer = new Utf8JsonWriter(output);
        var reader = new Utf8JsonReader(raw);
        var mayBeName = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    writer.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    writer.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    writer.WriteEndArray();
                    break;
                case JsonTokenType.PropertyName:
                    mayBeName = NamesSomething(ref reader);
                    writer.WritePropertyName(IsName(reader.ValueSpan) ? reader.ValueSpan : []);
                    break;
                case JsonTokenType.String:
                    writer.WriteStringValue(mayBeName && IsName(reader.ValueSpan) ? reader.ValueSpan : []);
                    break;
                default:
                    writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                    break;
            }
        }

        writer.Flush();
        return output.WrittenMemory;
    }

    private static bool IsName(ReadOnlySpan<byte> text) => text.Length <= LongestName && !text.ContainsAnyExcept(_nameBytes);

    /// <summary>The members whose strings say what the numbers beside them are counts of, or by which rates they are billed.</summary>
    private static bool NamesSomething(ref Utf8JsonReader member) =>
        member.ValueTextEquals("type"u8) || member.ValueTextEquals("model"u8) || member.ValueTextEquals("modality"u8)
        || member.ValueTextEquals("service_tier"u8) || member.ValueTextEquals("serviceTier"u8) || member.ValueTextEquals("trafficType"u8)
        || member.ValueTextEquals("speed"u8) || member.ValueTextEquals("inference_geo"u8) || member.ValueTextEquals("ttl"u8)
        || member.ValueTextEquals("search_context_size"u8) || member.ValueTextEquals("status"u8);
}
