using System.Buffers;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>The usage object as the record keeps it.</summary>
internal static class RawUsage
{
    // Tier, region and model names are shorter; anything longer could be content, which no record may hold.
    private const int LongestString = 64;

    /// <summary>A copy whose strings of more than 64 bytes are emptied; empty where the object is malformed.</summary>
    public static ReadOnlyMemory<byte> WithoutLongStrings(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty)
        {
            return default;
        }

        try
        {
            return HasLongString(raw) ? Rewrite(raw) : raw.ToArray();
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

    private static bool HasLongString(ReadOnlySpan<byte> raw)
    {
        var reader = new Utf8JsonReader(raw);
        var found = false;
        while (reader.Read())
        {
            found |= reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueSpan.Length > LongestString;
        }

        return found;
    }

    private static ReadOnlyMemory<byte> Rewrite(ReadOnlySpan<byte> raw)
    {
        var output = new ArrayBufferWriter<byte>(raw.Length);
        using var writer = new Utf8JsonWriter(output);
        var reader = new Utf8JsonReader(raw);
        while (reader.Read())
        {
            var isLong = reader.ValueSpan.Length > LongestString;
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
                    writer.WritePropertyName(isLong ? [] : reader.ValueSpan);
                    break;
                case JsonTokenType.String:
                    writer.WriteStringValue(isLong ? [] : reader.ValueSpan);
                    break;
                default:
                    writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                    break;
            }
        }

        writer.Flush();
        return output.WrittenMemory;
    }
}
