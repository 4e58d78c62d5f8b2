using System.Text.Json;

namespace LLMeterProxy.Fuzz.Reference;

/// <summary>Counts of a usage object, by the rule that every dialect shares: whole, from 0 to a million million; null is not stated.</summary>
internal static class JsonNumbers
{
    private const decimal Most = 1_000_000_000_000m;

    /// <param name="isInvalid">Set where the member is there and is no such count; never cleared.</param>
    public static long? Count(JsonElement parent, string name, ref bool isInvalid)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number is >= 0 and <= Most && number == decimal.Truncate(number))
        {
            return (long)number;
        }

        isInvalid = true;
        return null;
    }

    public static JsonElement Object(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : default;

    public static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0
            ? value.GetString()
            : null;
}
