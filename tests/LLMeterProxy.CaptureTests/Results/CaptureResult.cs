using LLMeterProxy.CaptureTests.Comparison;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.CaptureTests.Replays;

namespace LLMeterProxy.CaptureTests.Results;

/// <summary>What became of one recording.</summary>
/// <param name="RefusedWith">The code, where the gateway refuses such calls by design.</param>
/// <param name="Differences">Empty where all is as expected.</param>
/// <param name="Calls">Its replays; empty where none was made.</param>
internal sealed record CaptureResult(Capture Capture, string? RefusedWith, IReadOnlyList<Difference> Differences, IReadOnlyList<CallResult> Calls)
{
    public bool IsRefused => RefusedWith is not null;

    public bool IsEqual => RefusedWith is null && Differences.Count == 0;

    public static CaptureResult UnknownKind(Capture capture, string kind) =>
        new(capture, null, [new Difference("kind", kind, "unknown to this build")], []);

    public static CaptureResult Refused(Capture capture, string code, IReadOnlyList<CallResult> calls) => new(capture, code, [], calls);

    public static CaptureResult Compared(Capture capture, IReadOnlyList<Difference> differences, IReadOnlyList<CallResult> calls) =>
        new(capture, null, differences, calls);
}
