namespace LLMeterProxy.Core.Pricing;

/// <summary>The dated ends that providers put after a model's name.</summary>
internal static class SnapshotNames
{
    private const string Preview = "-preview";

    /// <summary>Takes off one dated end: <c>-2026-03-05</c>, <c>-20260305</c>, <c>@20260305</c>, <c>-001</c>, <c>-09-2025</c>, <c>-05-06</c>.</summary>
    /// <returns>Empty where the name has none.</returns>
    public static ReadOnlySpan<char> WithoutDate(ReadOnlySpan<char> name)
    {
        var dateLength = EndsLike(name, "-####-##-##") ? 10 : EndsLike(name, "-########") || EndsLike(name, "@########") ? 8 : 0;
        if (dateLength > 0)
        {
            return name[^dateLength..].StartsWith("20", StringComparison.Ordinal) ? name[..^(dateLength + 1)] : [];
        }

        if (EndsLike(name, "-00#"))
        {
            return name[..^4];
        }

        // Google dates previews by month and year, or by month and day.
        var undated = EndsLike(name, "-##-####") ? name[..^8] : EndsLike(name, "-##-##") ? name[..^6] : [];
        return undated.EndsWith(Preview, StringComparison.Ordinal) ? undated : [];
    }

    /// <returns>Empty where the name does not end in <c>-preview</c>.</returns>
    public static ReadOnlySpan<char> WithoutPreview(ReadOnlySpan<char> name) =>
        name.EndsWith(Preview, StringComparison.Ordinal) ? name[..^Preview.Length] : [];

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
