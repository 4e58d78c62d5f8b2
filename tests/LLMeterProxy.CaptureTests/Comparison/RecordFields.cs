using System.Text.Json;

namespace LLMeterProxy.CaptureTests.Comparison;

/// <summary>Reads members of the two JSON shapes: the admin API's record and the index's expectation.</summary>
internal static class RecordFields
{
    public static string Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <returns>Null where it is absent or null.</returns>
    public static long? Count(this JsonElement element, string name) => element.Number(name) is { } number ? (long)number : null;

    /// <inheritdoc cref="Count(JsonElement, string)"/>
    public static decimal? Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? decimal.Parse(value.GetRawText(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    /// <returns>Undefined where the path does not lead to something.</returns>
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return default;
        }

        return element;
    }

    public static bool HasFlag(this JsonElement record, string flag) =>
        record.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == flag);
}
