using System.Text;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>Reads single JSON values as they stand on the wire.</summary>
internal static class JsonText
{
    public static bool IsNull(ReadOnlySpan<byte> raw) => raw.IsEmpty || raw[0] == 'n';

    /// <summary>Takes a string that is not empty; anything else leaves the value (Azure's first chunk has an empty model).</summary>
    public static void Update(ref string? current, ReadOnlySpan<byte> raw)
    {
        if (raw is not [(byte)'"', _, .., (byte)'"'] || raw.Length > 514)
        {
            return;
        }

        var text = raw[1..^1];
        if (current is not null && Ascii.Equals(text, current))
        {
            return;
        }

        current = text.Contains((byte)'\\') ? Unescape(raw) ?? current : Encoding.UTF8.GetString(text);
    }

    private static string? Unescape(ReadOnlySpan<byte> raw)
    {
        try
        {
            var reader = new Utf8JsonReader(raw);
            return reader.Read() ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
