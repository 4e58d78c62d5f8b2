using System.Text;

namespace LLMeterProxy.Core.Wire.Routes;

/// <summary>Rebuilds the query that goes upstream from a route's allow-list. A credential in the query can never be on it.</summary>
internal static class ForwardedQuery
{
    private const int LongestValue = 1024;

    /// <param name="query">As on the wire with its question mark, or empty.</param>
    /// <param name="allowed">Of <see cref="Route.Query"/>.</param>
    /// <returns>With its question mark, or empty.</returns>
    public static string Rebuild(string query, IReadOnlyList<string> allowed)
    {
        if (query.Length < 2 || allowed.Count == 0)
            return "";

        StringBuilder? result = null;
        var taken = 0;
        foreach (var range in query.AsSpan(1).Split('&'))
        {
            var pair = query.AsSpan(1)[range];
            var equals = pair.IndexOf('=');
            if (equals <= 0 || equals + 1 == pair.Length)
                continue;

            var index = IndexOf(allowed, pair, equals);
            // The first of two wins, so that no upstream can take the other.
            if (index < 0 || (taken & (1 << index)) != 0 || Reencode(pair[(equals + 1)..]) is not { } value)
                continue;

            taken |= SameName(allowed, index);
            result ??= new StringBuilder();
            result.Append(result.Length == 0 ? '?' : '&').Append(pair[..equals]).Append('=').Append(value);
        }

        return result?.ToString() ?? "";
    }

    private static int IndexOf(IReadOnlyList<string> allowed, ReadOnlySpan<char> pair, int equals)
    {
        for (var i = 0; i < allowed.Count; i++)
        {
            var fixedValue = allowed[i].Contains('=', StringComparison.Ordinal);
            if (fixedValue ? pair.SequenceEqual(allowed[i]) : pair[..equals].SequenceEqual(allowed[i]))
                return i;
        }

        return -1;
    }

    private static int SameName(IReadOnlyList<string> allowed, int index)
    {
        var same = 0;
        for (var i = 0; i < allowed.Count; i++)
        {
            if (Name(allowed[i]).SequenceEqual(Name(allowed[index])))
                same |= 1 << i;
        }

        return same;
    }

    private static ReadOnlySpan<char> Name(string entry) =>
        entry.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? entry.AsSpan(0, at) : entry;

    private static string? Reencode(ReadOnlySpan<char> value)
    {
        if (value.Length > LongestValue)
            return null;
        var decoded = Uri.UnescapeDataString(value);
        foreach (var character in decoded)
        {
            if (char.IsControl(character))
                return null;
        }

        return Uri.EscapeDataString(decoded);
    }
}
