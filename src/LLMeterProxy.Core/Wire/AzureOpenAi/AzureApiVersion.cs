namespace LLMeterProxy.Core.Wire.AzureOpenAi;

/// <summary>Azure's dated <c>api-version</c>: <c>2024-10-21</c>, <c>2024-09-01-preview</c>.</summary>
internal static class AzureApiVersion
{
    // Azure's list of API versions: the first that knows stream_options; the ones before answer it with a 400.
    private const string FirstWithStreamOptions = "2024-09-01";
    private const string Parameter = "api-version=";

    /// <param name="query">As it goes upstream, with its question mark, or empty.</param>
    public static bool TakesStreamOptions(ReadOnlySpan<char> query)
    {
        var at = query.IndexOf(Parameter, StringComparison.Ordinal);
        if (at < 0)
            return false;

        var version = query[(at + Parameter.Length)..];
        if (version.StartsWith("preview") || version.StartsWith("latest"))
            return true;
        return version.Length >= FirstWithStreamOptions.Length
            && char.IsAsciiDigit(version[0])
            && version[..FirstWithStreamOptions.Length].CompareTo(FirstWithStreamOptions, StringComparison.Ordinal) >= 0;
    }
}
