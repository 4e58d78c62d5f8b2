using System.Globalization;
using System.Text.Json;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Prices as catalogues write them: JSON numbers, often binary fractions printed in full.</summary>
internal static class CatalogueNumbers
{
    private const int RatePlaces = 9;

    /// <summary>The decimal that the number's text says, not the nearest double.</summary>
    /// <returns>Null where there is no number, or none that a decimal can hold.</returns>
    public static decimal? Of(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number
        && decimal.TryParse(element.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    /// <summary>Rounds to the nine places of a rate, which takes off what a binary fraction left (<c>3.3000000000000003e-07</c>).</summary>
    public static decimal Rate(decimal usd) => decimal.Round(usd, RatePlaces) + 0m;

    /// <summary>A whole number of tokens; catalogues also write them as <c>1e6</c> or in quotes.</summary>
    public static long? Count(JsonElement element) => Of(element) is { } value && value is >= 1 and <= 1_000_000_000 ? (long)value : null;
}
