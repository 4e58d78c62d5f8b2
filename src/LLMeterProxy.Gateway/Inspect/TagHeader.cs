using Microsoft.Extensions.Primitives;

namespace LLMeterProxy.Gateway.Inspect;

/// <summary>Reads <c>x-llmeter-tags: a=b,c=d</c>. Tags are labels under the key's tenant, never an identity (T47).</summary>
internal static class TagHeader
{
    public const string Name = "x-llmeter-tags";

    private const int MaxTags = 16;
    private const int MaxLength = 64;

    /// <summary>Malformed, over-long and surplus tags are left out: a label must not fail a call.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(StringValues header)
    {
        if (header.Count == 0)
        {
            return [];
        }

        var tags = new List<KeyValuePair<string, string>>();
        foreach (var part in header.ToString().Split(',', MaxTags + 1, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=');
            if (tags.Count < MaxTags && equals > 0 && IsLabel(part.AsSpan(0, equals)) && IsLabel(part.AsSpan(equals + 1)))
            {
                var name = part[..equals];
                if (!tags.Exists(t => string.Equals(t.Key, name, StringComparison.Ordinal)))
                {
                    tags.Add(new(name, part[(equals + 1)..]));
                }
            }
        }

        return tags;
    }

    private static bool IsLabel(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (c is < '!' or > '~' or '=')
            {
                return false;
            }
        }

        return true;
    }
}
