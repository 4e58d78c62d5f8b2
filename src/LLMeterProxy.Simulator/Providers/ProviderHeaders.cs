using System.Globalization;
using LLMeterProxy.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>
/// The headers that come with a provider's answers: those that callers may see, and those that tell about the account
/// behind the credential or about the provider's edge, so that an allow-list has something to hold back.
/// </summary>
internal static class ProviderHeaders
{
    public const string Organization = "simulated-agency-k3vq7a";

    public static string AnthropicRequestId(ulong idSeed) => IdText.Base62("req_011C", idSeed + 7, 20);

    /// <summary>Adds the counts that Bedrock states in headers for a whole answer of InvokeModel.</summary>
    public static void ApplyBedrockCounts(IHeaderDictionary headers, SimulatedCall call)
    {
        headers["x-amzn-bedrock-invocation-latency"] = "831";
        if (!call.StatesUsage)
            return;
        var u = call.Usage;
        headers["x-amzn-bedrock-input-token-count"] = u.Uncached.ToString(CultureInfo.InvariantCulture);
        headers["x-amzn-bedrock-output-token-count"] = u.Output.ToString(CultureInfo.InvariantCulture);
        headers["x-amzn-bedrock-cache-read-input-token-count"] = u.Cached.ToString(CultureInfo.InvariantCulture);
        headers["x-amzn-bedrock-cache-write-input-token-count"] = (u.CacheWrite5m + u.CacheWrite1h).ToString(CultureInfo.InvariantCulture);
    }

    public static void Apply(IHeaderDictionary headers, SimulatedRoute route, string? responseId, ulong idSeed, DateTimeOffset at)
    {
        if (route.Shape is not (ProviderShape.Bedrock or ProviderShape.Ollama))
            headers["alt-svc"] = "h3=\":443\"; ma=86400";
        switch (route.Shape)
        {
            case ProviderShape.Ollama:
                break;
            case ProviderShape.Bedrock:
                headers["x-amzn-requestid"] = responseId is { Length: 36 } ? responseId : IdText.Uuid(idSeed);
                break;
            case ProviderShape.Azure:
                headers["apim-request-id"] = IdText.Uuid(idSeed);
                headers["x-ms-region"] = "Sweden Central";
                if (route.Model is { } deployment)
                    headers["x-ms-deployment-name"] = deployment;
                headers["x-request-id"] = IdText.Uuid(idSeed + 7);
                headers["x-ratelimit-limit-tokens"] = "250000";
                headers["x-ratelimit-remaining-tokens"] = "249989";
                break;
            case ProviderShape.Cohere:
                headers["x-debug-trace-id"] = IdText.Hex("", idSeed + 7, 32);
                headers["via"] = "1.1 google";
                break;
            case ProviderShape.Mistral or ProviderShape.Groq or ProviderShape.XAi or ProviderShape.DeepSeek or ProviderShape.Perplexity:
                headers["x-request-id"] = IdText.Uuid(idSeed);
                headers["x-ratelimit-limit-requests"] = "1000";
                headers["x-ratelimit-remaining-requests"] = "999";
                ApplyEdge(headers, idSeed);
                break;
            case ProviderShape.Anthropic:
                headers["request-id"] = AnthropicRequestId(idSeed);
                headers["anthropic-organization-id"] = "5f3c1a52-0000-4000-8000-51a01a7edb00";
                ApplyAnthropicLimits(headers, at);
                ApplyEdge(headers, idSeed);
                break;
            case ProviderShape.Gemini:
                headers.Vary = "Origin, X-Origin, Referer";
                headers["server-timing"] = "gfet4t7; dur=380";
                headers["x-xss-protection"] = "0";
                headers["x-frame-options"] = "SAMEORIGIN";
                headers["x-content-type-options"] = "nosniff";
                headers["x-gemini-service-tier"] = "standard";
                break;
            case ProviderShape.OpenRouter:
                if (responseId is not null)
                    headers["x-generation-id"] = responseId;
                headers["permissions-policy"] = "payment=(self)";
                headers["referrer-policy"] = "no-referrer, strict-origin-when-cross-origin";
                headers["access-control-allow-origin"] = "*";
                ApplyEdge(headers, idSeed);
                break;
            default:
                headers["x-request-id"] = IdText.Hex("req_", idSeed + 7, 32);
                headers["openai-organization"] = Organization;
                headers["openai-project"] = "proj_simulated0000000000000";
                headers["openai-processing-ms"] = "151";
                headers["openai-version"] = "2020-10-01";
                headers["x-ratelimit-limit-requests"] = "10000";
                headers["x-ratelimit-limit-tokens"] = "200000";
                headers["x-ratelimit-remaining-requests"] = "9999";
                headers["x-ratelimit-remaining-tokens"] = "199968";
                headers["x-ratelimit-reset-requests"] = "8.64s";
                headers["x-ratelimit-reset-tokens"] = "9ms";
                ApplyEdge(headers, idSeed);
                break;
        }
    }

    /// <summary>Adds what comes with a refusal for haste or overload.</summary>
    public static void ApplyRefusal(IHeaderDictionary headers, ProviderShape shape, int status, int? retryAfterSeconds)
    {
        if (retryAfterSeconds is null && status != 429)
            return;
        var seconds = retryAfterSeconds ?? 2;
        headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (shape != ProviderShape.OpenAI)
            return;
        headers["retry-after-ms"] = (seconds * 1000).ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining-requests"] = "0";
    }

    private static void ApplyAnthropicLimits(IHeaderDictionary headers, DateTimeOffset at)
    {
        var reset = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        headers["anthropic-ratelimit-requests-limit"] = "10000";
        headers["anthropic-ratelimit-requests-remaining"] = "9999";
        headers["anthropic-ratelimit-requests-reset"] = reset;
        headers["anthropic-ratelimit-tokens-limit"] = "12000000";
        headers["anthropic-ratelimit-tokens-remaining"] = "12000000";
        headers["anthropic-ratelimit-tokens-reset"] = reset;
    }

    private static void ApplyEdge(IHeaderDictionary headers, ulong idSeed)
    {
        headers.Server = "cloudflare";
        headers["cf-ray"] = IdText.Hex("", idSeed + 8, 16) + "-FRA";
        headers["cf-cache-status"] = "DYNAMIC";
        headers.SetCookie = "__cf_bm=simulated; path=/; HttpOnly; Secure; SameSite=None";
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains; preload";
        headers["x-content-type-options"] = "nosniff";
    }
}
