using System.Text;

namespace LLMeterProxy.Core.Wire.Requests.Multipart;

/// <summary>The headers of one part, of which the disposition names its field.</summary>
internal readonly ref struct PartHeaders
{
    private const int MostHeaders = 8;
    private const int LongestLine = 4096;

    /// <exception cref="RefusedBodyException">A header that parsers could read differently, or no name.</exception>
    public PartHeaders(ReadOnlySpan<byte> body, int at)
    {
        PartDisposition? disposition = null;
        for (var headers = 0; ; headers++)
        {
            var length = body[at..].IndexOf("\r\n"u8);
            if (length is < 0 or > LongestLine || headers > MostHeaders)
                throw MultipartBody.Malformed("the headers of a part are too long or do not end");

            var line = body.Slice(at, length);
            at += length + 2;
            if (line.IsEmpty)
                break;
            if (Read(line) is not { } found)
                continue;
            if (disposition is not null)
                throw MultipartBody.Malformed("a part has two dispositions");
            disposition = found;
        }

        End = at;
        Name = (disposition ?? throw MultipartBody.Malformed("a part has no disposition")).Name;
        IsFile = disposition.IsFile;
    }

    public string Name { get; }

    public bool IsFile { get; }

    /// <summary>Offset of the part's content.</summary>
    public int End { get; }

    private static PartDisposition? Read(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        // A line break alone, or a line that goes on from the one before, is one header to some parsers and two to others.
        if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t' || line[colon - 1] is (byte)' ' or (byte)'\t' || line.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
            throw MultipartBody.Malformed("a header of a part is malformed");

        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (Ascii.EqualsIgnoreCase(name, "content-disposition"u8))
            return PartDisposition.Read(value);

        var isEncoding = Ascii.EqualsIgnoreCase(name, "content-transfer-encoding"u8);
        if (isEncoding && !(Ascii.EqualsIgnoreCase(value, "binary"u8) || Ascii.EqualsIgnoreCase(value, "8bit"u8) || Ascii.EqualsIgnoreCase(value, "7bit"u8)))
            throw MultipartBody.Malformed("a part is encoded");
        return null;
    }
}
