namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// Vectorised searches in raw JSON, made before anything is parsed. A quotation mark inside generated text is escaped on the
/// wire, so that a quoted member name can only match a real string of the document (T62).
/// </summary>
internal static class WireSearch
{
    /// <summary>True unless each occurrence of the member has the value null. May say true where a string value is equal to the name.</summary>
    /// <param name="member">With its quotes.</param>
    public static bool HasMember(ReadOnlySpan<byte> json, ReadOnlySpan<byte> member)
    {
        while (true)
        {
            var found = json.IndexOf(member);
            if (found < 0)
            {
                return false;
            }

            json = SkipSpace(json[(found + member.Length)..]);
            if (json.IsEmpty || json[0] != ':' || !SkipSpace(json[1..]).StartsWith("null"u8))
            {
                return true;
            }
        }
    }

    /// <summary>Bytes, as escaped on the wire, of all string values of the members.</summary>
    public static int TextLength(ReadOnlySpan<byte> json, byte[][] members)
    {
        var total = 0;
        foreach (var member in members)
        {
            var rest = json;
            int found;
            while ((found = rest.IndexOf(member)) >= 0)
            {
                rest = SkipSpace(rest[(found + member.Length)..]);
                if (rest.IsEmpty || rest[0] != ':')
                {
                    continue;
                }

                rest = SkipSpace(rest[1..]);
                if (!rest.IsEmpty && rest[0] == '"')
                {
                    rest = rest[1..];
                    var length = StringLength(rest);
                    total += length;
                    rest = rest[length..];
                }
            }
        }

        return total;
    }

    /// <summary>The string value of the first occurrence of <c>"type"</c>.</summary>
    /// <returns>False where the value is not complete, absent or not a string.</returns>
    public static bool TryFirstType(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> type) => TryFirstString(json, "\"type\""u8, out type);

    /// <summary>The string value, as escaped on the wire, of the first occurrence of a member.</summary>
    /// <param name="member">With its quotes.</param>
    /// <returns>False where the value is not complete, absent or not a string.</returns>
    public static bool TryFirstString(ReadOnlySpan<byte> json, ReadOnlySpan<byte> member, out ReadOnlySpan<byte> value)
    {
        value = [];
        var found = json.IndexOf(member);
        if (found < 0)
        {
            return false;
        }

        var rest = SkipSpace(json[(found + member.Length)..]);
        if (rest.IsEmpty || rest[0] != ':')
        {
            return false;
        }

        rest = SkipSpace(rest[1..]);
        if (rest.IsEmpty || rest[0] != '"')
        {
            return false;
        }

        var length = StringLength(rest[1..]);
        value = rest.Slice(1, length);
        return length + 1 < rest.Length;
    }

    // From behind the opening quote to the closing one, or to the end.
    private static int StringLength(ReadOnlySpan<byte> json)
    {
        var at = 0;
        while (at < json.Length)
        {
            var found = json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
            {
                return json.Length;
            }

            at += found;
            if (json[at] == '"')
            {
                return at;
            }

            at += 2;
        }

        return json.Length;
    }

    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> json)
    {
        var at = 0;
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return json[at..];
    }
}
