using System.Collections.Frozen;

namespace LLMeterProxy.Gateway.Forward;

/// <summary>Header names that may pass: exact ones and prefixes, case-insensitive. All else stays behind (T77, A75).</summary>
internal sealed class HeaderAllowList(IEnumerable<string> names, params string[] prefixes)
{
    private readonly FrozenSet<string> _names = names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>To the provider. Never organisation or project headers: they would move the bill.</summary>
    public static IReadOnlyList<string> RequestNames { get; } =
        ["accept", "user-agent", "idempotency-key", "openai-beta", "x-goog-api-client", "http-referer", "x-title"];

    /// <inheritdoc cref="RequestNames"/>
    public static string[] RequestPrefixes { get; } = ["anthropic-", "x-stainless-", "x-openrouter-", "x-amzn-bedrock-"];

    /// <summary>To the client.</summary>
    public static HeaderAllowList Response { get; } = new(
        [
            "retry-after", "retry-after-ms", "x-should-retry", "x-request-id", "request-id", "openai-processing-ms", "openai-version",
            "x-generation-id", "x-gemini-service-tier",
        ],
        "content-",
        "x-ratelimit-",
        "anthropic-ratelimit-",
        "x-amzn-",
        "x-ms-");

    /// <summary>Credentials and identities: not even <c>ForwardHeaders</c> lets these pass.</summary>
    private static readonly FrozenSet<string> _never = new[]
    {
        "authorization", "x-api-key", "api-key", "x-goog-api-key", "x-llmeter-key", "x-llmeter-tags", "x-llmeter-tenant", "cookie",
        "proxy-authorization", "openai-organization", "openai-project", "x-goog-user-project", "host", "content-length", "content-type",
        "content-encoding", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "expect", "accept-encoding",
        "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "traceparent", "tracestate", "baggage",
        "x-http-method-override", "x-http-method", "x-method-override",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The allow-list of requests to one provider.</summary>
    public static HeaderAllowList ForRequests(IEnumerable<string> forwardHeaders) =>
        new(RequestNames.Concat(forwardHeaders.Where(h => !_never.Contains(h))), RequestPrefixes);

    public bool Allows(string name)
    {
        if (_names.Contains(name))
        {
            return true;
        }

        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
