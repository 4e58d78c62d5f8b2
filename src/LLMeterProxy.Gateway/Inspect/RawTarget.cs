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
        return path.Contains('%')
            ? Uri.UnescapeDataString(path).AsSpan().SequenceEqual(decoded)
            : path.SequenceEqual(decoded);
    }
}
