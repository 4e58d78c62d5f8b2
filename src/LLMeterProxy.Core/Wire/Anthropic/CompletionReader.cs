using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>
/// The legacy text completions, which state no usage: their text is counted for the estimate. The last event of a stream has
/// the stop reason and no name of its own. Source: the types of the provider's SDK.
/// </summary>
internal sealed class CompletionReader : ResponseReader
{
    private static readonly FieldNode _fields = FieldNode.Root(
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("stop_reason"u8, ResponseField.FinishReason),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Text("completion"u8));

    private static readonly byte[][] _text = ["\"completion\""u8.ToArray()];

    public override FieldNode EventFields => _fields;

    public override TerminalEvents Terminal => TerminalEvents.None;

    public override byte[][] TextMembers => _text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        !IsModelKnown || WireSearch.HasMember(rawEvent, "\"stop_reason\""u8) || WireSearch.HasMember(rawEvent, "\"error\""u8);

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        reading = null;
        return UsageState.Absent;
    }
}
