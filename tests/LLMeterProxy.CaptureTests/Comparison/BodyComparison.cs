using System.Text;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.CaptureTests.Replays;

namespace LLMeterProxy.CaptureTests.Comparison;

/// <summary>
/// The client has the recorded status, type and bytes. Two edits are documented: the usage chunk that only the gateway asked for
/// is taken out, and a 401 or 403 against the provider's key, which is not the client's, becomes a 502.
/// </summary>
internal static class BodyComparison
{
    private static readonly byte[] _includeUsage = "\"include_usage\""u8.ToArray();

    public static IEnumerable<Difference> Of(CallResult call)
    {
        var capture = call.Replay.Capture;
        if (capture.Status is 401 or 403)
        {
            if (call.Status != 502)
                yield return new Difference("status", "502 for a refused provider key", $"{call.Status}");
            yield break;
        }

        if (call.Status != capture.Status)
            yield return new Difference("status", $"{capture.Status}", $"{call.Status} {RefusalCode.Of(call)}");
        if (Normal(ReplayingUpstream.ContentTypeOf(capture)) is var type && type != Normal(call.ContentType ?? ""))
            yield return new Difference("content-type", type, call.ContentType ?? "none");
        if (!call.Body.AsSpan().SequenceEqual(capture.Body) && !(OnlyGatewayAskedForUsage(call) && IsWithoutUsageChunk(capture, call.Body)))
            yield return new Difference("bytes", $"{capture.Body.Length} as recorded", $"{call.Body.Length}, {Where(capture.Body, call.Body)}");
    }

    private static string Normal(string contentType) => contentType.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    private static bool OnlyGatewayAskedForUsage(CallResult call) =>
        call.Replay.UpstreamRequest.AsSpan().IndexOf(_includeUsage) >= 0 && call.SentBody.AsSpan().IndexOf(_includeUsage) < 0;

    /// <summary>One whole event with a usage object is missing, and nothing else.</summary>
    private static bool IsWithoutUsageChunk(Capture capture, byte[] got)
    {
        var recorded = capture.Body.AsSpan();
        var removed = recorded.Length - got.Length;
        if (removed <= 0)
            return false;
        var same = recorded.CommonPrefixLength(got);
        if (!recorded[(same + removed)..].SequenceEqual(got.AsSpan(same)))
            return false;

        // The event after the one taken out begins with the same bytes, so that the cut stands further on than it was made.
        for (var at = same; at >= 0 && recorded[at..same].SequenceEqual(recorded[(at + removed)..(same + removed)]); at--)
        {
            var cut = recorded.Slice(at, removed);
            if (cut.StartsWith("data:"u8) && cut[^1] == '\n' && cut.IndexOf("\"usage\""u8) > 0 && cut.IndexOf("[DONE]"u8) < 0)
                return true;
        }

        return false;
    }

    private static string Where(byte[] recorded, byte[] got)
    {
        var at = recorded.AsSpan().CommonPrefixLength(got);
        return $"other from byte {at}: {Encoding.UTF8.GetString(got.AsSpan(at, Math.Min(60, got.Length - at))).ReplaceLineEndings("⏎")}";
    }
}
