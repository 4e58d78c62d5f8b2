using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LLMeterProxy.Gateway.Identify;

/// <summary>
/// Finds the virtual key in a request. <c>x-llmeter-key</c> wins (for tools that occupy Authorization); otherwise any of the
/// four usual headers on any route, and <c>?key=</c> on Gemini routes. Equal values are one credential, different ones are
/// refused (T80).
/// </summary>
internal static class CredentialReader
{
    private static readonly Problem Missing = new(
        ProblemCode.InvalidApiKey,
        "Incorrect API key provided. Use a virtual key of this gateway: it begins with 'lmp_'.");

    private static readonly Problem SignedByClient = new(
        ProblemCode.InvalidApiKey,
        "Requests signed with AWS SigV4 cannot be forwarded. Send a virtual key as 'Authorization: Bearer lmp_…': AWS's SDKs do, with the key in AWS_BEARER_TOKEN_BEDROCK.");

    private static readonly Problem Ambiguous = new(
        ProblemCode.AmbiguousCredentials,
        "The request carries two different credentials. Send the virtual key in one header only.");

    /// <summary>The one answer to every key that is not valid, whatever the reason (T85).</summary>
    public static Problem Refusal => Missing;

    public static Problem? Read(HttpContext http, CredentialForm? form, out string key)
    {
        var headers = http.Request.Headers;
        key = "";
        if (headers.TryGetValue("x-llmeter-key", out var own))
        {
            return Take(own, ref key) ?? (key.Length == 0 ? Missing : null);
        }

        var authorization = headers.Authorization;
        if (authorization.Count > 0)
        {
            if (authorization.Count > 1)
            {
                return Ambiguous;
            }

            var value = authorization.ToString();
            if (value.StartsWith("AWS4-HMAC-SHA256", StringComparison.Ordinal))
            {
                return SignedByClient;
            }

            if (!value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            {
                return Missing;
            }

            key = value["Bearer ".Length..].Trim();
        }

        if (headers.TryGetValue("x-api-key", out var xApiKey) && Take(xApiKey, ref key) is { } first)
        {
            return first;
        }

        if (headers.TryGetValue("api-key", out var apiKey) && Take(apiKey, ref key) is { } second)
        {
            return second;
        }

        if (headers.TryGetValue("x-goog-api-key", out var google) && Take(google, ref key) is { } third)
        {
            return third;
        }

        if (form == CredentialForm.XGoogApiKey && http.Request.QueryString.HasValue
            && http.Request.Query.TryGetValue("key", out var query) && Take(query, ref key) is { } fourth)
        {
            return fourth;
        }

        return key.Length == 0 ? Missing : null;
    }

    private static Problem? Take(StringValues values, ref string key)
    {
        if (values.Count > 1)
        {
            return Ambiguous;
        }

        var value = values.ToString();
        if (value.Length == 0)
        {
            return null;
        }

        if (key.Length != 0 && !string.Equals(key, value, StringComparison.Ordinal))
        {
            return Ambiguous;
        }

        key = value;
        return null;
    }
}
