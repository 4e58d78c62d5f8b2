using LLMeterProxy.Core.Wire.Problems;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Inspect;

/// <summary>
/// Refuses a request whose end another server could see elsewhere (T1). Kestrel takes Transfer-Encoding together with
/// Content-Length, as RFC 9112 section 6.3 allows, and moves the length to <c>X-Content-Length</c>: whoever stands in front of
/// us may have gone by the other one, so the call is refused and its connection closed.
/// </summary>
internal static class FramingGuard
{
    private const string MovedContentLength = "X-Content-Length";

    private static readonly Problem TwoLengths = new(
        ProblemCode.AmbiguousFraming,
        "The request states both a Content-Length and a Transfer-Encoding. Send one of them.");

    public static Problem? Check(HttpRequest request) => request.Headers.ContainsKey(MovedContentLength) ? TwoLengths : null;
}
