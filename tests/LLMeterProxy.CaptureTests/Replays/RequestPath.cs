using System.Text.RegularExpressions;
using LLMeterProxy.CaptureTests.Recordings;
using Capture = LLMeterProxy.CaptureTests.Recordings.Capture;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>The path of a recording behind the gateway: the provider's name, then the provider's own path.</summary>
internal static partial class RequestPath
{
    /// <param name="key">Takes the place of an API key that the recording had in its query.</param>
    public static string Of(Capture capture, string key)
    {
        var endpoint = capture.Endpoint
            .Replace("//", "/", StringComparison.Ordinal)
            .Replace("{model}", RequestContent.ModelOf(capture), StringComparison.Ordinal)
            .Replace("key=REDACTED", $"key={key}", StringComparison.Ordinal);
        var path = Placeholder().Replace(endpoint, match => match.Groups["name"].Value.ToLowerInvariant().Replace('_', '-'));
        return $"/{ProviderKinds.NameOf(capture)}{path}";
    }

    [GeneratedRegex("<(?<name>[A-Z_]+)>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
