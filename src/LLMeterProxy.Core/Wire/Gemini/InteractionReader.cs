using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>The Interactions API: one interaction, or a stream of typed events of which the last holds the whole with its usage.</summary>
internal sealed class InteractionReader : ResponseReader
{
    private static readonly FieldNode _queries =
        FieldNode.Parent("arguments"u8, FieldNode.Elements("queries"u8, ResponseField.GroundingQuery));

    private static readonly FieldNode[] _interaction =
    [
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("service_tier"u8, ResponseField.ServiceTier),
        FieldNode.Value("status"u8, ResponseField.FinishReason),
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("error"u8, ResponseField.Error),
    ];

    private static readonly FieldNode _eventFields = FieldNode.Root(
        FieldNode.Value("event_type"u8, ResponseField.Type),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Parent("delta"u8, FieldNode.Text("text"u8), _queries),
        FieldNode.Parent("step"u8, _queries),
        FieldNode.Parent("interaction"u8, [.. _interaction, FieldNode.Parent("steps"u8, _queries)]));

    private static readonly FieldNode _bodyFields = FieldNode.Root(
    [
        .. _interaction,
        FieldNode.Parent(
            "steps"u8,
            _queries,
            FieldNode.Parent("content"u8, FieldNode.Text("text"u8)),
            FieldNode.Parent("summary"u8, FieldNode.Text("text"u8))),
        FieldNode.Parent("outputs"u8, FieldNode.Text("text"u8)),
    ]);

    // The older name is the preview's.
    private static readonly TerminalEvents _terminal = TerminalEvents.Named("interaction.completed"u8.ToArray(), "interaction.complete"u8.ToArray());

    private static readonly byte[][] _text = ["\"text\""u8.ToArray()];

    private (long? Searches, long? Maps) _stated;
    private int _queriesSeen;
    private int _queriesOfDocument;

    /// <param name="serviceTier">As the head of the response says; null where it does not.</param>
    public InteractionReader(string? serviceTier)
    {
        SetServiceTier(serviceTier);
    }

    public override FieldNode EventFields => _eventFields;

    public override FieldNode BodyFields => _bodyFields;

    public override TerminalEvents Terminal => _terminal;

    public override byte[][] TextMembers => _text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        !IsModelKnown
        || WireSearch.HasMember(rawEvent, "\"usage\""u8)
        || WireSearch.HasMember(rawEvent, "\"queries\""u8)
        || WireSearch.HasMember(rawEvent, "\"error\""u8);

    public override void BeginDocument()
    {
        base.BeginDocument();
        _queriesOfDocument = 0;
    }

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.FinishReason:
                FinishSeen |= !JsonText.IsNull(raw) && !raw.SequenceEqual("\"in_progress\""u8) && !raw.SequenceEqual("\"queued\""u8);
                break;
            case ResponseField.GroundingQuery:
                _queriesOfDocument++;
                break;
            default:
                base.OnField(field, raw, cut);
                break;
        }
    }

    public override void OnObjectEnd()
    {
        base.OnObjectEnd();

        // The last event repeats all steps, so that there the queries of the stream stand once more.
        _queriesSeen = DocumentIsTerminal ? Math.Max(_queriesSeen, _queriesOfDocument) : _queriesSeen + _queriesOfDocument;
        _queriesOfDocument = 0;
    }

    public override UsageReport Report(bool terminalSeen)
    {
        var report = base.Report(terminalSeen);
        if (report.Usage is null)
        {
            return report;
        }

        var units = GroundingUnits.Of(report.Model, _stated.Searches ?? _queriesSeen, _stated.Maps ?? 0);
        return units.Count == 0 ? report : report with { Usage = report.Usage with { Units = units } };
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        var state = InteractionUsage.Read(raw, out reading, out var stated);
        _stated = state == UsageState.Read ? stated : _stated;
        return state;
    }
}
