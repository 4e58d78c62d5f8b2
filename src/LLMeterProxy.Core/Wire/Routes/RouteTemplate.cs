using System.Buffers;

namespace LLMeterProxy.Core.Wire.Routes;

/// <summary>A path template with open segments, matched segment by segment without allocation.</summary>
internal sealed class RouteTemplate
{
    private const int MostPrefixSegments = 4;
    private const int MostRestSegments = 8;

    private readonly string[] _segments;
    private readonly bool _prefix;
    private readonly bool _rest;
    private readonly SearchValues<char> _allowed;

    public RouteTemplate(string template, SearchValues<char> allowed)
    {
        _allowed = allowed;
        var segments = template[1..].Split('/');
        _prefix = segments[0] == "{prefix}";
        _rest = segments[^1] == "{rest}";
        _segments = segments[(_prefix ? 1 : 0)..(_rest ? ^1 : ^0)];
    }

    /// <param name="path">Decoded once; begins with a slash.</param>
    /// <param name="model">What stands for <c>{model}</c>; empty where the template has none.</param>
    public bool TryMatch(ReadOnlySpan<char> path, out ReadOnlySpan<char> model)
    {
        model = default;
        if (path is not ['/', .. var remaining])
            return false;

        var open = CountSegments(remaining) - _segments.Length;
        if (_prefix ? open is < 0 or > MostPrefixSegments : _rest ? open is < 1 or > MostRestSegments : open != 0)
            return false;

        for (var skipped = 0; _prefix && skipped < open; skipped++)
        {
            if (!PathCharacters.IsSegment(Next(ref remaining), PathCharacters.Strict))
                return false;
        }

        foreach (var expected in _segments)
        {
            if (!SegmentMatches(expected, Next(ref remaining), ref model))
                return false;
        }

        for (var rest = 0; _rest && rest < open; rest++)
        {
            if (!PathCharacters.IsSegment(Next(ref remaining), PathCharacters.ModelId))
                return false;
        }

        return true;
    }

    private bool SegmentMatches(string expected, ReadOnlySpan<char> actual, ref ReadOnlySpan<char> model)
    {
        if (expected[0] != '{')
            return actual.SequenceEqual(expected);

        var close = expected.IndexOf('}', StringComparison.Ordinal);
        var suffix = expected.AsSpan(close + 1);
        if (!actual.EndsWith(suffix))
            return false;

        var value = actual[..^suffix.Length];
        if (expected.StartsWith("{model}", StringComparison.Ordinal))
            model = value;
        return PathCharacters.IsSegment(value, _allowed);
    }

    private static int CountSegments(ReadOnlySpan<char> path) => path.Count('/') + 1;

    private static ReadOnlySpan<char> Next(scoped ref ReadOnlySpan<char> remaining)
    {
        var slash = remaining.IndexOf('/');
        var segment = slash < 0 ? remaining : remaining[..slash];
        remaining = slash < 0 ? default : remaining[(slash + 1)..];
        return segment;
    }
}
