using System.Text.Json;
using LLMeterProxy.CaptureTests.Recordings;

namespace LLMeterProxy.CaptureTests.Comparison;

/// <summary>
/// Tokens and where they come from. What the expectation has as null was not reported: then a record may estimate it and must
/// say so, or has 0.
/// </summary>
internal static class UsageComparison
{
    private static readonly (string Expected, string Got)[] _counts =
    [
        ("input_tokens", "inputTokens"),
        ("uncached_input_tokens", "uncachedInputTokens"),
        ("cached_input_tokens", "cacheReadTokens"),
        ("output_tokens", "outputTokens"),
        ("reasoning_tokens", "reasoningTokens"),
        ("audio_input_tokens", "audioInputTokens"),
        ("audio_output_tokens", "audioOutputTokens"),
        ("image_input_tokens", "imageInputTokens"),
        ("image_output_tokens", "imageOutputTokens"),
    ];

    public static IEnumerable<Difference> Of(Capture capture, JsonElement record)
    {
        var expected = capture.Expected;
        var usage = record.GetProperty("usage");
        var source = record.Text("source");
        if (SourceProblem(capture, source) is { } problem)
            yield return problem;
        if (record.Count("status") != capture.Status)
            yield return new Difference("record status", $"{capture.Status}", $"{record.Count("status")}");

        // Only a figure that is called the provider's own claims that the provider stated it.
        var claims = source is not ("estimated" or "partial");
        foreach (var (name, got) in _counts)
        {
            if (Compare(name, expected.Count(name), usage.GetProperty(got).GetInt64(), claims) is { } difference)
                yield return difference;
        }

        var written5m = usage.GetProperty("cacheWrite5mTokens").GetInt64();
        var written1h = usage.GetProperty("cacheWrite1hTokens").GetInt64();
        if (Compare("cache_write_tokens", expected.Count("cache_write_tokens"), written5m + written1h, claims) is { } sum)
            yield return sum;
        if (expected.Count("cache_write_5m_tokens") is { } of5m && Compare("cache_write_5m_tokens", of5m, written5m, claims) is { } first)
            yield return first;
        if (expected.Count("cache_write_1h_tokens") is { } of1h && Compare("cache_write_1h_tokens", of1h, written1h, claims) is { } second)
            yield return second;
    }

    private static Difference? Compare(string name, long? expected, long got, bool claims) => expected switch
    {
        { } count when count != got => new Difference(name, $"{count}", $"{got}"),
        null when claims && got != 0 => new Difference(name, "not reported", $"{got}"),
        _ => null,
    };

    private static Difference? SourceProblem(Capture capture, string source)
    {
        var expected = capture.Expected;
        string[] allowed;
        if (capture.IsError)
            allowed = ["unbilled", "free"];
        else if (!expected.GetProperty("usage_reported").GetBoolean())
            allowed = UnitComparison.IsCountable(capture) ? ["reported", "estimated", "partial"] : ["estimated", "partial", "unbilled", "free"];
        else if (expected.Count("input_tokens") is null && expected.Count("output_tokens") is null)
            allowed = UnitComparison.IsCountable(capture) ? ["reported", "partial"] : ["free"];
        else if (expected.Count("input_tokens") is null || expected.Count("output_tokens") is null)
            allowed = ["reported", "partial"];
        else
            allowed = ["reported"];
        return allowed.Contains(source) ? null : new Difference("source", string.Join(" or ", allowed), source);
    }
}
