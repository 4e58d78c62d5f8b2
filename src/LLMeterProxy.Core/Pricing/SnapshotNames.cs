using System.Buffers;

namespace LLMeterProxy.Core.Pricing;

/// <summary>The dated and versioned ends that providers put after a model's name.</summary>
internal static class SnapshotNames
{
    private const string Preview = "-preview";

    private static readonly SearchValues<char> _vendorLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>
    /// Takes off one dated end: <c>-2026-03-05</c>, <c>-20260305</c>, <c>@20260305</c>, <c>-001</c>, <c>@001</c>, <c>-09-2025</c>, <c>-05-06</c>,
    /// or the name of the newest (<c>@default</c>, <c>@latest</c>).
    /// </summary>
    /// <returns>Empty where the name has none.</returns>
    public static ReadOnlySpan<char> WithoutDate(ReadOnlySpan<char> name)
    {
        var dateLength = EndsLike(name, "-####-##-##") || EndsLike(name, "_####-##-##") ? 10 : EndsLike(name, "-########") || EndsLike(name, "@########") ? 8 : 0;
        if (dateLength > 0)
        {
            return name[^dateLength..].StartsWith("20", StringComparison.Ordinal) ? name[..^(dateLength + 1)] : [];
        }

        if (EndsLike(name, "-00#") || EndsLike(name, "@00#"))
        {
            return name[..^4];
        }

        foreach (var newest in (ReadOnlySpan<string>)["@default", "@latest"])
        {
            if (name.EndsWith(newest, StringComparison.Ordinal))
            {
                return name[..^newest.Length];
            }
        }

        // Google dates previews by month and year, or by month and day.
        var undated = EndsLike(name, "-##-####") ? name[..^8] : EndsLike(name, "-##-##") ? name[..^6] : [];
        return undated.EndsWith(Preview, StringComparison.Ordinal) ? undated : [];
    }

    /// <summary>
    /// Takes off the version that Bedrock puts after a model's name (<c>vendor.model</c>), and the context size that may follow it:
    /// <c>:0</c>, <c>-v1:0</c>, <c>-v1:0:200k</c>.
    /// </summary>
    /// <returns>Empty where the name has none.</returns>
    public static ReadOnlySpan<char> WithoutVersion(ReadOnlySpan<char> name)
    {
        var vendor = name.IndexOf('.');
        if (vendor <= 0 || name[..vendor].ContainsAnyExcept(_vendorLetters))
        {
            return [];
        }

        var last = name.LastIndexOf(':');
        var rest = last > 0 && name.EndsWith("k", StringComparison.Ordinal) && IsNumber(name[(last + 1)..^1]) ? name[..last] : name;
        if (!EndsLike(rest, ":#"))
        {
            return rest.Length == name.Length ? [] : rest;
        }

        // Without a colon, a version is part of the name: the next one may cost something else.
        rest = rest[..^2];
        return EndsLike(rest, "-v#") ? rest[..^3] : rest;
    }

    /// <returns>Empty where the name does not end in <c>-preview</c>.</returns>
    public static ReadOnlySpan<char> WithoutPreview(ReadOnlySpan<char> name) =>
        name.EndsWith(Preview, StringComparison.Ordinal) ? name[..^Preview.Length] : [];

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static bool EndsLike(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern)
    {
        if (name.Length <= pattern.Length)
        {
            return false;
        }

        var end = name[^pattern.Length..];
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '#' ? !char.IsAsciiDigit(end[i]) : end[i] != pattern[i])
            {
                return false;
            }
        }

        return true;
    }
}
