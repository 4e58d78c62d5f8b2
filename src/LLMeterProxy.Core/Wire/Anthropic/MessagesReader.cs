using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>
/// Anthropic messages: one message, or a stream whose <c>message_start</c> states the input and whose <c>message_delta</c> states
/// running totals. Each member of a delta replaces the same member of what came before; nothing is added (A38).
/// </summary>
internal sealed class MessagesReader : ResponseReader
{
    private static readonly FieldNode[] _message =
    [
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
    ];

    private static readonly FieldNode _eventFields = FieldNode.Root(
        FieldNode.Value("type"u8, ResponseField.Type),
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Parent("message"u8, [.. _message, FieldNode.Value("usage"u8, ResponseField.OpeningUsage)]),
        FieldNode.Parent("content_block"u8, FieldNode.Text("text"u8), FieldNode.Text("thinking"u8)),
        FieldNode.Parent(
            "delta"u8,
            FieldNode.Value("stop_reason"u8, ResponseField.FinishReason),
            FieldNode.Text("text"u8),
            FieldNode.Text("thinking"u8),
            FieldNode.Text("partial_json"u8)));

    private static readonly FieldNode _bodyFields = FieldNode.Root(
    [
        .. _message,
        FieldNode.Value("type"u8, ResponseField.Type),
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Value("stop_reason"u8, ResponseField.FinishReason),
        FieldNode.Parent("content"u8, FieldNode.Text("text"u8), FieldNode.Text("thinking"u8)),
    ]);

    private static readonly TerminalEvents _terminal = TerminalEvents.Named("message_stop"u8.ToArray());

    private static readonly byte[][] _text = ["\"text\""u8.ToArray(), "\"thinking\""u8.ToArray(), "\"partial_json\""u8.ToArray()];

    private AnthropicCounts? _opening;
    private ReadOnlyMemory<byte> _openingRaw;
    private bool _openingInvalid;
    private AnthropicCounts? _before;
    private AnthropicCounts? _current;

    public override FieldNode EventFields => _eventFields;

    public override FieldNode BodyFields => _bodyFields;

    public override TerminalEvents Terminal => _terminal;

    public override byte[][] TextMembers => _text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        !IsModelKnown
        || WireSearch.HasMember(rawEvent, "\"usage\""u8)
        || WireSearch.HasMember(rawEvent, "\"stop_reason\""u8)
        || WireSearch.HasMember(rawEvent, "\"error\""u8);

    public override void BeginDocument()
    {
        base.BeginDocument();
        _before = _current;
    }

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        if (field == ResponseField.OpeningUsage)
        {
            TakeOpening(raw, cut);
        }
        else
        {
            base.OnField(field, raw, cut);
        }
    }

    public override UsageReport Report(bool terminalSeen)
    {
        var report = base.Report(terminalSeen);
        if (Latest is { } latest)
        {
            report = report with { RawUsage = RawUsage.Overlay(_openingRaw, report.RawUsage) };
            return latest.Model is { } served ? report with { Model = served } : report;
        }

        if (_openingInvalid && !report.Flags.Contains(UsageFlags.UsageInvalid))
        {
            report = report with { Flags = [.. report.Flags, UsageFlags.UsageInvalid] };
        }

        if (_opening?.Normalise() is not { } opening)
        {
            return report;
        }

        return report with
        {
            Usage = opening.Usage,
            ServiceTier = ServiceTiers.Normalise(opening.ServiceTier),
            Speed = opening.Speed,
            InferenceGeo = opening.InferenceGeo,
            RawUsage = _openingRaw,
        };
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        reading = null;
        var counts = new AnthropicCounts(_before ?? _opening);
        var state = AnthropicUsage.Read(raw, counts);
        if (state == UsageState.Read)
        {
            _current = counts;
            reading = counts.Normalise();
        }

        return state;
    }

    private void TakeOpening(ReadOnlySpan<byte> raw, bool cut)
    {
        if (JsonText.IsNull(raw))
        {
            return;
        }

        var counts = new AnthropicCounts(null);
        var state = cut ? UsageState.Invalid : AnthropicUsage.Read(raw, counts);
        _openingInvalid = state == UsageState.Invalid;
        if (state == UsageState.Read)
        {
            _opening = counts;
            _openingRaw = RawUsage.WithoutText(raw);
        }
    }
}
