using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// Converse: one body, or a stream of events whose <c>messageStop</c> ends the answer and whose <c>metadata</c> follows with the
/// usage. The same members stand at the same places in both.
/// </summary>
internal sealed class ConverseReader : ResponseReader
{
    private static readonly FieldNode _fields = FieldNode.Root(
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("stopReason"u8, ResponseField.FinishReason),
        FieldNode.Parent("serviceTier"u8, FieldNode.Value("type"u8, ResponseField.ServiceTier)),
        FieldNode.Parent("performanceConfig"u8, FieldNode.Value("latency"u8, ResponseField.Speed)),
        FieldNode.Parent(
            "trace"u8,
            FieldNode.Value("guardrail"u8, ResponseField.Guardrail),
            FieldNode.Parent("promptRouter"u8, FieldNode.Value("invokedModelId"u8, ResponseField.Model))),
        FieldNode.Parent(
            "output"u8,
            FieldNode.Parent(
                "message"u8,
                FieldNode.Parent(
                    "content"u8,
                    FieldNode.Text("text"u8),
                    FieldNode.Parent("reasoningContent"u8, FieldNode.Parent("reasoningText"u8, FieldNode.Text("text"u8)))))));

    // A delta's text, thinking, and the arguments of a tool; other deltas (citations) are not generated text alone.
    private static readonly byte[][] _text = ["\"text\""u8.ToArray(), "\"input\""u8.ToArray()];

    private string? _speed;
    private bool _hasGuardrailUnits;

    public override FieldNode EventFields => _fields;

    public override TerminalEvents Terminal => TerminalEvents.None;

    public override byte[][] TextMembers => _text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        WireSearch.HasMember(rawEvent, "\"usage\""u8) || WireSearch.HasMember(rawEvent, "\"stopReason\""u8);

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.Speed when !cut:
                JsonText.Update(ref _speed, raw);
                break;
            case ResponseField.Guardrail:
                _hasGuardrailUnits |= cut || GuardrailUnits.AreBilled(raw);
                break;
            default:
                base.OnField(field, raw, cut);
                break;
        }
    }

    public override UsageReport Report(bool terminalSeen)
    {
        var report = base.Report(terminalSeen) with { Speed = BedrockSpeed.Normalise(_speed) };
        return _hasGuardrailUnits ? GuardrailUnits.Remark(report) : report;
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading) => BedrockUsage.Read(raw, out reading);
}
