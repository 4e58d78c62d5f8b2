using System.Buffers;

namespace LLMeterProxy.Core.Wire.Routes;

/// <summary>What a path segment that a client fills in may consist of. None of these needs percent-encoding in a path (RFC 3986, pchar).</summary>
internal static class PathCharacters
{
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    /// <summary><c>[A-Za-z0-9._-]</c>: Gemini's model ids, the free segments of an OpenAI-compatible server.</summary>
    public static readonly SearchValues<char> Strict = SearchValues.Create(Plain);

    /// <summary>With the at-sign of dated model ids (<c>claude-sonnet-4-5@20250929</c>), and without the colon, so that a method suffix is never part of one.</summary>
    public static readonly SearchValues<char> Versioned = SearchValues.Create(Plain + "@");

    /// <summary>With the colon, at-sign, tilde and plus of fine-tuned and dated model ids (<c>ft:gpt-4o:org::id</c>).</summary>
    public static readonly SearchValues<char> ModelId = SearchValues.Create(Plain + ":@~+");

    /// <summary>One segment: 1 to 256 of the characters, and no dot segment, which an upstream would resolve (T25).</summary>
    public static bool IsSegment(ReadOnlySpan<char> segment, SearchValues<char> allowed) =>
        segment.Length is > 0 and <= 256 && segment is not ("." or "..") && !segment.ContainsAnyExcept(allowed);
}
