using LLMeterProxy.CaptureTests.Replays;

namespace LLMeterProxy.CaptureTests.Comparison;

/// <summary>Everything that one replay must fulfil: the client's bytes, and the record.</summary>
internal static class CallComparison
{
    public static IEnumerable<Difference> Of(CallResult call)
    {
        if (!call.Replay.ReachedUpstream)
            return [new Difference("call", "forwarded", $"{call.Status} {RefusalCode.Of(call)}{(call.Error is null ? "" : " " + call.Error)}")];
        if (call.Error is not null)
            return [new Difference("answer", "whole", call.Error)];
        if (!call.HasRecord)
            return [.. BodyComparison.Of(call), new Difference("record", "one", "none")];
        return
        [
            .. BodyComparison.Of(call),
            .. UsageComparison.Of(call.Replay.Capture, call.Record),
            .. UnitComparison.Of(call.Replay.Capture, call.Record),
            .. MoneyComparison.Of(call.Replay.Capture, call.Record),
        ];
    }
}
