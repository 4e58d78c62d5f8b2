using System.Globalization;

namespace LLMeterProxy.Core.Wire.Requests;

/// <summary>Finds escapes of half a character (<c>\ud83d</c> alone), which have no meaning in UTF-8 and which parsers read differently (T38).</summary>
internal static class SurrogateEscapes
{
    /// <param name="json">Well-formed JSON or not; the answer is exact for well-formed JSON.</param>
    public static bool HasLone(ReadOnlySpan<byte> json)
    {
        // Most bodies have no such escape at all, and a search for it is many times faster than the walk.
        if (json.IndexOf((byte)'\\') < 0 || json.IndexOf("\\u"u8) < 0)
            return false;

        while (json.IndexOf((byte)'\\') is var at and >= 0 && at + 1 < json.Length)
        {
            var escape = json[at..];
            var unit = Unit(escape);
            if (char.IsLowSurrogate(unit))
                return true;
            if (char.IsHighSurrogate(unit) && !char.IsLowSurrogate(Unit(escape[6..])))
                return true;
            json = escape[(char.IsHighSurrogate(unit) ? 12 : 2)..];
        }

        return false;
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        escape.Length >= 6 && escape[0] == (byte)'\\' && escape[1] == (byte)'u'
            && ushort.TryParse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : '\0';
}
