using System.Text;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Requests.Multipart;

/// <summary>
/// Walks the parts of a <c>multipart/form-data</c> body (RFC 7578, RFC 2046) in place. Only what every parser reads alike passes:
/// nothing before the first boundary, CRLF line ends, a closing boundary, nothing behind it (T56). Whatever else it is, is refused,
/// so that no server can find another part than we did.
/// </summary>
internal ref struct MultipartBody
{
    private const string MediaType = "multipart/form-data";
    private const int LongestBoundary = 70;
    private const int MostParts = 256;

    private readonly ReadOnlySpan<byte> _body;

    // CRLF, two hyphens and the boundary.
    private readonly byte[] _delimiter;
    private int _at;
    private int _parts;
    private bool _ended;

    /// <exception cref="RefusedBodyException">The content type has no single, plain boundary, or the body does not begin with it.</exception>
    public MultipartBody(ReadOnlySpan<byte> body, string? contentType)
    {
        _body = body;
        _delimiter = Encoding.ASCII.GetBytes("\r\n--" + Boundary(contentType));
        if (!body.StartsWith(_delimiter.AsSpan(2)))
            throw Malformed("it does not begin with its boundary");
        _at = _delimiter.Length - 2;
        _ended = IsClosing();
    }

    public MultipartPart Current { get; private set; }

    public static bool IsMultipart(string? contentType) => contentType?.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) == true;

    /// <returns>False behind the last part, where the body is known to end well.</returns>
    /// <exception cref="RefusedBodyException">The part is malformed, or there are too many.</exception>
    public bool MoveNext()
    {
        if (_ended)
            return false;
        if (++_parts > MostParts)
            throw Malformed($"it has more than {MostParts} parts");

        var headers = new PartHeaders(_body, _at);
        var start = headers.End;
        var length = _body[start..].IndexOf(_delimiter);
        if (length < 0)
            throw Malformed("its closing boundary is missing");
        // Where a boundary follows the headers at once, some parsers take their last line break for its own and some read on.
        if (_body[(start - 2)..].StartsWith(_delimiter))
            throw Malformed("a part has no content");

        Current = new MultipartPart(headers.Name, headers.IsFile, start, length);
        _at = start + length + _delimiter.Length;
        _ended = IsClosing();
        return true;
    }

    public readonly ReadOnlySpan<byte> ContentOf(ReadOnlySpan<byte> body) => body.Slice(Current.Start, Current.Length);

    // Behind a boundary stands the line end of its part, or the two hyphens that close the body.
    private bool IsClosing()
    {
        var rest = _body[_at..];
        if (rest.StartsWith("\r\n"u8))
        {
            _at += 2;
            return false;
        }

        if (rest.StartsWith("--"u8) && rest[2..].Trim("\r\n"u8).IsEmpty)
            return true;
        throw Malformed("a boundary is followed by neither a part nor the end");
    }

    private static string Boundary(string? contentType)
    {
        string? boundary = null;
        foreach (var range in contentType.AsSpan(MediaType.Length).Split(';'))
        {
            var parameter = contentType.AsSpan(MediaType.Length)[range].Trim(" \t");
            var equals = parameter.IndexOf('=');
            if (equals < 0 || !parameter[..equals].Trim(" \t").Equals("boundary", StringComparison.OrdinalIgnoreCase))
                continue;
            if (boundary is not null)
                throw Malformed("its content type has two boundaries");

            var value = parameter[(equals + 1)..].Trim(" \t");
            boundary = (value is ['"', .., '"'] && value.Length > 1 ? value[1..^1] : value).ToString();
        }

        if (boundary is not { Length: > 0 and <= LongestBoundary } || boundary.AsSpan().ContainsAnyExcept(BoundaryCharacters))
            throw Malformed($"its boundary has to be 1 to {LongestBoundary} letters, digits or hyphens");
        return boundary;
    }

    // RFC 2046 without the space and what would have to be quoted and unquoted alike by everyone.
    private static readonly System.Buffers.SearchValues<char> BoundaryCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+'*=:/?(),");

    internal static RefusedBodyException Malformed(string why) => new(ProblemCode.InvalidValue, $"The form body is not valid: {why}.");
}
