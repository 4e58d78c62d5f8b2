using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>
/// Gemini content: one object, a stream of them as events, or an array of them. Each states the usage so far, which may fall
/// between tool rounds; only the last is right. No event says that it is the last. Embeddings state their usage alike, where
/// they state one.
/// </summary>
internal sealed class GenerateContentReader : ResponseReader
{
    private static readonly FieldNode _fields = FieldNode.Root(
        FieldNode.Value("usageMetadata"u8, ResponseField.Usage),
        FieldNode.Value("modelVersion"u8, ResponseField.Model),
        FieldNode.Value("responseId"u8, ResponseField.Id),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Parent("promptFeedback"u8, FieldNode.Value("blockReason"u8, ResponseField.FinishReason)),
        FieldNode.Elements(
            "candidates"u8,
            ResponseField.Choice,
            FieldNode.Value("finishReason"u8, ResponseField.FinishReason),
            FieldNode.Parent("content"u8, FieldNode.Parent("parts"u8, FieldNode.Text("text"u8))),
            FieldNode.Parent(
                "groundingMetadata"u8,
                FieldNode.Elements("webSearchQueries"u8, ResponseField.GroundingQuery),
                FieldNode.Elements("imageSearchQueries"u8, ResponseField.GroundingQuery),
                FieldNode.Parent("groundingChunks"u8, FieldNode.Value("maps"u8, ResponseField.GroundingMap)))));

    private static readonly byte[][] _text = ["\"text\""u8.ToArray()];

    private int _queriesOfDocument;
    private int _queries;
    private bool _usesMaps;

    /// <param name="serviceTier">As the head of the response says; null where it does not.</param>
    public GenerateContentReader(string? serviceTier)
    {
        SetServiceTier(serviceTier);
    }

    public override FieldNode EventFields => _fields;

    public override TerminalEvents Terminal => TerminalEvents.None;

    public override byte[][] TextMembers => _text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        !IsModelKnown
        || WireSearch.HasMember(rawEvent, "\"usageMetadata\""u8)
        || WireSearch.HasMember(rawEvent, "\"finishReason\""u8)
        || WireSearch.HasMember(rawEvent, "\"blockReason\""u8)
        || WireSearch.HasMember(rawEvent, "\"groundingMetadata\""u8)
        || WireSearch.HasMember(rawEvent, "\"error\""u8);

    public override void BeginDocument()
    {
        base.BeginDocument();
        _queriesOfDocument = 0;
    }

    public override void OnObjectEnd()
    {
        base.OnObjectEnd();
        _queriesOfDocument = 0;
    }

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.GroundingQuery:
                // A stream may repeat the queries from chunk to chunk: the fullest list is the list.
                _queries = Math.Max(_queries, ++_queriesOfDocument);
                break;
            case ResponseField.GroundingMap:
                _usesMaps |= !JsonText.IsNull(raw);
                break;
            default:
                base.OnField(field, raw, cut);
                break;
        }
    }

    public override UsageReport Report(bool terminalSeen)
    {
        var report = base.Report(terminalSeen);
        return report.Usage is null || (_queries == 0 && !_usesMaps)
            ? report
            : report with { Usage = report.Usage with { Units = GroundingUnits.Of(report.Model, _queries, _usesMaps ? 1 : 0) } };
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading) => GeminiUsage.Read(raw, out reading);
}
