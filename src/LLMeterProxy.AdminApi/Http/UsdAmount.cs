using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>An amount in USD as a request carries it: a decimal string, or a plain JSON number read by its digits, never as a binary float (A18, A19).</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct UsdAmount(NanoUsd Nano)
{
    // Twelve digits and nine places keep the decimal arithmetic of NanoUsd exact and far from overflow.
    private const int MaxDigits = 12;
    private const int MaxPlaces = 9;

    /// <summary>Reads <c>-?digits[.places]</c> and nothing else: no exponent, no separators, no blanks, no sign but minus.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UsdAmount amount)
    {
        amount = default;
        var unsigned = text.StartsWith('-') ? text[1..] : text;
        var point = unsigned.IndexOf('.');
        var digits = point < 0 ? unsigned : unsigned[..point];
        var places = point < 0 ? "0" : unsigned[(point + 1)..];
        if (digits.Length is 0 or > MaxDigits
            || places.Length is 0 or > MaxPlaces
            || digits.ContainsAnyExceptInRange('0', '9')
            || places.ContainsAnyExceptInRange('0', '9')
            || !NanoUsd.TryParseUsd(text.ToString(), out var nano))
        {
            return false;
        }

        amount = new UsdAmount(nano);
        return true;
    }

    internal sealed class Converter : JsonConverter<UsdAmount>
    {
        public override UsdAmount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number when !reader.HasValueSequence => Encoding.UTF8.GetString(reader.ValueSpan),
                _ => null,
            };
            return TryParse(text, out var amount) ? amount : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, UsdAmount value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Nano.ToUsdString());
    }
}
