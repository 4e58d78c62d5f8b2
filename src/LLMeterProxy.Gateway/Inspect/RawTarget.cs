using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LLMeterProxy.Gateway.Inspect;

/// <summary>
/// Refuses targets that the server normalised: a path that reads differently before and after its one decoding is a path
/// that somebody downstream may read a third way (T25).
/// </summary>
internal static class RawTarget
{
    public static bool IsCanonical(HttpContext http)
    {
        var raw = (http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").AsSpan();
        var query = raw.IndexOf('?');
        var path = query < 0 ? raw : raw[..query];
        var decoded = http.Request.Path.Value.AsSpan();
        return path.Contains('%') ? IsDecodedOnce(path.ToString(), decoded) : path.SequenceEqual(decoded);
    }

    // The server leaves an encoded slash as it is, and so must we. An encoded percent sign would decode to the same text, and
    // then nobody could tell which of the two was sent.
    private static bool IsDecodedOnce(string path, ReadOnlySpan<char> decoded) =>
        !path.Contains("%25", StringComparison.Ordinal)
        && Uri.UnescapeDataString(path.Replace("%2F", "%252F", StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal))
            .AsSpan().SequenceEqual(decoded);
}
