using System.Globalization;
using System.Text.Json;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Gathers what is wrong in one price file and reads the plain values that need the same checks everywhere.</summary>
internal sealed class PriceFileErrors
{
    private const int LongestShown = 80;

    private readonly List<PriceBookError> _errors = [];

    public IReadOnlyList<PriceBookError> All => _errors;

    public void Add(string key, string value, string fix) => _errors.Add(new PriceBookError(key, Shortened(value), fix));

    public void Add(string key, JsonElement value, string fix) => Add(key, value.GetRawText(), fix);

    /// <summary>The members of an object; reports names that are not known and anything that is not an object.</summary>
    public IEnumerable<JsonProperty> Members(JsonElement element, string key, params string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Add(key, element, "write an object");
            yield break;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (known.Length > 0 && Array.IndexOf(known, member.Name) < 0)
            {
                Add($"{key}.{member.Name}", member.Value, $"unknown key; known here: {string.Join(", ", known)}");
                continue;
            }

            yield return member;
        }
    }

    public IEnumerable<(JsonElement Item, string Key)> Items(JsonElement element, string key)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            Add(key, element, "write an array");
            yield break;
        }

        var i = 0;
        foreach (var item in element.EnumerateArray())
        {
            yield return (item, $"{key}[{i++}]");
        }
    }

    public string Text(JsonElement element, string key)
    {
        if (element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        Add(key, element, "write a text that is not empty");
        return "";
    }

    public IReadOnlyList<string> Texts(JsonElement element, string key) => [.. Items(element, key).Select(x => Text(x.Item, x.Key))];

    public DateOnly Date(JsonElement element, string key)
    {
        if (element.ValueKind == JsonValueKind.String
            && DateOnly.TryParseExact(element.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        Add(key, element, "write a date as 2026-11-24");
        return DateOnly.MinValue;
    }

    public TimeOnly Time(JsonElement element, string key)
    {
        if (element.ValueKind == JsonValueKind.String
            && TimeOnly.TryParseExact(element.GetString(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        Add(key, element, "write a UTC time of day as 16:30");
        return default;
    }

    public long? Count(JsonElement element, string key)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var count) && count > 0)
        {
            return count;
        }

        Add(key, element, "write a whole number above 0");
        return null;
    }

    /// <summary>A decimal string without sign or exponent; JSON numbers are refused, because many writers turn them into binary fractions.</summary>
    public decimal? Decimal(JsonElement element, string key, decimal most, int places, string meaning)
    {
        if (element.ValueKind == JsonValueKind.String
            && decimal.TryParse(element.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value <= most
            && decimal.Round(value, places) == value)
        {
            return value;
        }

        Add(key, element, $"write {meaning} as a decimal string from \"0\" to \"{most}\" with at most {places} places");
        return null;
    }

    private static string Shortened(string value) => value.Length <= LongestShown ? value : value[..LongestShown] + "…";
}
