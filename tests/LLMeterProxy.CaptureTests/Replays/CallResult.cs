using System.Text.Json;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>What one replay gave: what the client got, and the record of the call.</summary>
/// <param name="Error">Why the client has no whole answer; null where it has.</param>
/// <param name="Record">Undefined where the gateway refused the call, or no record came.</param>
internal sealed record CallResult(
    Replay Replay, int Status, string? ContentType, byte[] Body, int Reads, byte[] SentBody, string? Error, JsonElement Record)
{
    public bool HasRecord => Record.ValueKind == JsonValueKind.Object;
}
