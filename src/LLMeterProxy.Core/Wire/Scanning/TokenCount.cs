using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>Reads the counts of usage objects, strictly (T68).</summary>
internal static class TokenCount
{
    /// <summary>The largest count that is believed.</summary>
    public const long Max = 1_000_000_000_000;

    /// <summary>Reads the value that the reader stands on.</summary>
    /// <param name="value">Null where the wire says null.</param>
    /// <returns>False where it is no number, negative, above <see cref="Max"/>, or has a fraction other than 0.</returns>
    public static bool TryRead(ref Utf8JsonReader reader, out long? value)
    {
        value = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.Number)
        {
            return false;
        }

        if (!reader.TryGetInt64(out var count))
        {
            // 12.0 is 12: some providers write all their numbers as floats.
            if (!reader.TryGetDecimal(out var number) || number != decimal.Truncate(number) || number is < 0 or > Max)
            {
                return false;
            }

            count = (long)number;
        }

        value = count;
        return count is >= 0 and <= Max;
    }

    /// <summary>Advances from a member's name to its value and reads it.</summary>
    /// <inheritdoc cref="TryRead"/>
    public static bool TryReadNext(ref Utf8JsonReader reader, out long? value)
    {
        reader.Read();
        return TryRead(ref reader, out value);
    }

    /// <summary>True where the reader stands on a number that is not 0, to be remarked if its name is unknown (T72).</summary>
    public static bool IsNonZeroNumber(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.ValueSpan.IndexOfAnyInRange((byte)'1', (byte)'9') >= 0;
}
