using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Cohere;

/// <summary>
/// Cohere's responses in both versions: one object, events that end in <c>message-end</c>, or the first version's JSON lines
/// that end in <c>stream-end</c>. No response of the second version names its model. Source: Cohere's API reference.
/// </summary>
internal sealed class CohereReader : ResponseReader
{
    private static readonly FieldNode[] _message =
    [
        FieldNode.Text("tool_plan"u8),
        FieldNode.Parent("content"u8, FieldNode.Text("text"u8), FieldNode.Text("thinking"u8)),
        FieldNode.Parent("tool_calls"u8, FieldNode.Parent("function"u8, FieldNode.Text("arguments"u8))),
    ];

    private static readonly FieldNode _fields = FieldNode.Root(
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("generation_id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("type"u8, ResponseField.Type),
        FieldNode.Value("event_type"u8, ResponseField.Type),
        FieldNode.Value("is_finished"u8, ResponseField.Done),
        FieldNode.Value("finish_reason"u8, ResponseField.FinishReason),
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("meta"u8, ResponseField.Usage),
        FieldNode.Text("text"u8),
        FieldNode.Parent("message"u8, _message),
        FieldNode.Parent(
            "delta"u8,
            FieldNode.Value("finish_reason"u8, ResponseField.FinishReason),
            FieldNode.Value("usage"u8, ResponseField.Usage),
            FieldNode.Value("error"u8, ResponseField.Error),
            FieldNode.Parent("message"u8, _message)),
        FieldNode.Parent("response"u8, FieldNode.Value("meta"u8, ResponseField.Usage)));

    private static readonly TerminalEvents _terminal = TerminalEvents.Named("message-end"u8.ToArray(), "stream-end"u8.ToArray());

    private static readonly byte[][] _text =
        ["\"text\""u8.ToArray(), "\"thinking\""u8.ToArray(), "\"tool_plan\""u8.ToArray(), "\"arguments\""u8.ToArray()];

    public override FieldNode EventFields => _fields;

    public override TerminalEvents Terminal => _terminal;

    public override bool SpeaksLines => true;

    public override byte[][] TextMembers => _text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        !IsIdKnown
        || WireSearch.HasMember(rawEvent, "\"usage\""u8)
        || WireSearch.HasMember(rawEvent, "\"meta\""u8)
        || WireSearch.HasMember(rawEvent, "\"finish_reason\""u8)
        || WireSearch.HasMember(rawEvent, "\"error\""u8);

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading) => CohereUsage.Read(raw, out reading);
}
