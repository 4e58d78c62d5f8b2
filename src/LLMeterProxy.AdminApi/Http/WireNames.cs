using System.Collections.Frozen;
using System.Text.Json;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>The lower-case JSON names of an enum's values (<c>upstream_error</c>).</summary>
internal static class WireNames<TEnum>
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<TEnum, string> _names =
        Enum.GetValues<TEnum>().ToFrozenDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

    private static readonly FrozenDictionary<string, TEnum> _values =
        _names.ToFrozenDictionary(n => n.Value, n => n.Key, StringComparer.Ordinal);

    public static string Of(TEnum value) => _names[value];

    public static TEnum? Parse(string text) => _values.TryGetValue(text, out var value) ? value : null;

    /// <summary>For messages: <c>hard, soft, shadow</c>.</summary>
    public static string All { get; } = string.Join(", ", Enum.GetValues<TEnum>().Select(Of));
}
