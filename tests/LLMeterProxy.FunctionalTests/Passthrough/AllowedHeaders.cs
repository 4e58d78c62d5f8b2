namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>The documented list of response headers that pass, written here again so that it judges the code.</summary>
internal static class AllowedHeaders
{
    private static readonly string[] _prefixes = ["content-", "retry-after", "x-ratelimit-", "anthropic-ratelimit-", "x-amzn-", "x-ms-"];

    private static readonly string[] _names =
        ["x-should-retry", "x-request-id", "request-id", "openai-processing-ms", "openai-version", "x-generation-id", "x-gemini-service-tier"];

    /// <summary>What the proxy or its HTTP server adds.</summary>
    private static readonly string[] _own = ["x-llmeter-request-id", "date", "transfer-encoding", "connection", "cache-control", "x-accel-buffering"];

    /// <summary>Differ from call to call by their nature.</summary>
    private static readonly string[] _perCall = ["x-request-id", "request-id", "x-generation-id"];

    public static void AssertSame(HttpResponseMessage direct, HttpResponseMessage proxied)
    {
        var expected = Of(direct).Where(h => Passes(h.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var actual = Of(proxied).Where(h => !_own.Contains(h.Key, StringComparer.OrdinalIgnoreCase)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        Assert.Equal(expected.Keys.Order(StringComparer.OrdinalIgnoreCase), actual.Keys.Order(StringComparer.OrdinalIgnoreCase));
        foreach (var (name, value) in expected)
        {
            if (!_perCall.Contains(name) && !name.EndsWith("-reset", StringComparison.Ordinal))
                Assert.Equal(value, actual[name]);
        }
    }

    private static bool Passes(string name) =>
        _names.Contains(name, StringComparer.OrdinalIgnoreCase) || Array.Exists(_prefixes, p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    private static Dictionary<string, string> Of(HttpResponseMessage response) =>
        response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
}
