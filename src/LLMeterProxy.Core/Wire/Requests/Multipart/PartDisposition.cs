using System.Text;

namespace LLMeterProxy.Core.Wire.Requests.Multipart;

/// <summary><c>Content-Disposition: form-data; name="…"; filename="…"</c>.</summary>
internal sealed record PartDisposition(string Name, bool IsFile)
{
    private const int LongestName = 64;

    /// <param name="value">Without line breaks, which end a header.</param>
    public static PartDisposition Read(ReadOnlySpan<byte> value)
    {
        if (!Ascii.EqualsIgnoreCase(Take(ref value), "form-data"u8))
            throw MultipartBody.Malformed("a part is no form field");

        string? name = null;
        var hasFileName = false;
        var hasExtendedFileName = false;
        while (!value.IsEmpty)
        {
            var key = TakeKey(ref value);
            var text = TakeValue(ref value);
            if (Ascii.EqualsIgnoreCase(key, "name"u8))
            {
                Once(name is null);
                name = FieldName(text);
            }
            else if (Ascii.EqualsIgnoreCase(key, "filename"u8))
            {
                Once(!hasFileName);
                hasFileName = true;
                CheckFileName(text);
            }
            else if (Ascii.EqualsIgnoreCase(key, "filename*"u8))
            {
                Once(!hasExtendedFileName);
                hasExtendedFileName = true;
                CheckFileName(text);
            }
            else
            {
                throw MultipartBody.Malformed("a disposition has a parameter that is not known");
            }
        }

        return new PartDisposition(name ?? throw MultipartBody.Malformed("a part has no name"), hasFileName || hasExtendedFileName);
    }

    private static void Once(bool isFirst)
    {
        if (!isFirst)
            throw MultipartBody.Malformed("a disposition has a parameter twice");
    }

    // Up to the next semicolon, which is consumed with the space behind it.
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)';');
        var taken = end < 0 ? value : value[..end];
        value = end < 0 ? default : value[(end + 1)..].TrimStart(" \t"u8);
        return taken.TrimEnd(" \t"u8);
    }

    private static ReadOnlySpan<byte> TakeKey(ref ReadOnlySpan<byte> value)
    {
        var equals = value.IndexOf((byte)'=');
        if (equals <= 0)
            throw MultipartBody.Malformed("a disposition is malformed");
        var key = value[..equals];
        value = value[(equals + 1)..];
        return key;
    }

    private static ReadOnlySpan<byte> TakeValue(ref ReadOnlySpan<byte> value)
    {
        if (value is not [(byte)'"', .. var quoted])
        {
            var token = Take(ref value);
            return token.Contains((byte)'"') ? throw MultipartBody.Malformed("a disposition is malformed") : token;
        }

        var end = 0;
        while (end < quoted.Length && quoted[end] != '"')
            end += quoted[end] == '\\' ? 2 : 1;
        if (end >= quoted.Length)
            throw MultipartBody.Malformed("a quoted name does not end");

        value = quoted[(end + 1)..].TrimStart(" \t"u8);
        if (!value.IsEmpty && !Take(ref value).IsEmpty)
            throw MultipartBody.Malformed("a disposition is malformed");
        return quoted[..end];
    }

    // A name with an escape or a percent sign has several readings.
    private static string FieldName(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > LongestName || text.ContainsAnyExceptInRange((byte)' ', (byte)'~') || text.ContainsAny((byte)'\\', (byte)'%'))
            throw MultipartBody.Malformed("the name of a part is not plain");
        if (Ascii.EqualsIgnoreCase(text, "_charset_"u8))
            throw MultipartBody.Malformed("it changes its own character set");
        return Encoding.ASCII.GetString(text);
    }

    // A line break in a file name, plain or encoded, ends the header for whoever decodes it first (CVE-2024-8984).
    private static void CheckFileName(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var isEncodedControl = text[i] == '%' && i + 2 < text.Length && text[i + 1] is (byte)'0' or (byte)'1' && char.IsAsciiHexDigit((char)text[i + 2]);
            if (text[i] < ' ' || text[i] == 127 || isEncodedControl)
                throw MultipartBody.Malformed("a file name has a control character");
        }
    }
}
