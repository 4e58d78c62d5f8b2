using System.Text;
using System.Text.RegularExpressions;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>The stable code in an error body of the gateway, in whichever family's shape.</summary>
internal static partial class RefusalCode
{
    private const string NotMetered = "endpoint_not_metered";

    /// <returns>Null where the call went upstream, or was refused for another reason than that it is not metered.</returns>
    public static string? ByDesign(CallResult call) => !call.Replay.ReachedUpstream && Of(call) == NotMetered ? NotMetered : null;

    public static string Of(CallResult call)
    {
        var match = Code().Match(Encoding.UTF8.GetString(call.Body));
        return match.Success ? match.Groups["code"].Value.ToLowerInvariant() : "no code";
    }

    [GeneratedRegex("\"(code|reason)\"\\s*:\\s*\"(?<code>[A-Za-z_$]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
