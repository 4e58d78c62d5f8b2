using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>Optimistic versions as strong entity tags: <c>"7"</c> (T98).</summary>
internal static class ETags
{
    public static void Write(HttpContext http, long version) =>
        http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>True where the caller sent <c>If-Match</c> at all.</summary>
    public static bool HasCondition(HttpContext http) => http.Request.Headers.ContainsKey(HeaderNames.IfMatch);

    /// <summary>Whether the change may go on: no <c>If-Match</c>, <c>*</c> on something that exists, or the stored version among the tags.</summary>
    /// <param name="version">The stored version; null where nothing is stored.</param>
    public static bool Allow(HttpContext http, long? version)
    {
        if (!HasCondition(http))
        {
            return true;
        }

        if (version is null || !EntityTagHeaderValue.TryParseStrictList(http.Request.Headers.IfMatch, out var tags))
        {
            return false;
        }

        var current = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
        return tags.Any(tag => EntityTagHeaderValue.Any.Equals(tag) || current.Compare(tag, useStrongComparison: true));
    }
}
