using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>
/// <c>:predict</c>, which states no usage object: pictures are counted (those that were filtered out have no media type and are
/// not billed), embeddings state their tokens, and the characters that older models are billed by. Source: Vertex AI's API
/// reference and pricing page.
/// </summary>
internal sealed class PredictReader : ResponseReader
{
    private static readonly FieldNode _fields = FieldNode.Root(
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Elements(
            "predictions"u8,
            ResponseField.Choice,
            FieldNode.Value("mimeType"u8, ResponseField.MediaType),
            FieldNode.Parent("embeddings"u8, FieldNode.Parent("statistics"u8, FieldNode.Value("token_count"u8, ResponseField.InputCount)))),
        FieldNode.Parent("metadata"u8, FieldNode.Value("billableCharacterCount"u8, ResponseField.CharacterCount)));

    private readonly bool _billsCharacters;
    private long _images;
    private long? _tokens;
    private long? _characters;
    private bool _isInvalid;

    /// <param name="model">As the path names it.</param>
    public PredictReader(string? model)
    {
        // Gemini's embeddings are billed by token, their predecessors by character.
        _billsCharacters = model?.StartsWith("gemini-", StringComparison.Ordinal) != true;
    }

    public override FieldNode EventFields => _fields;

    public override TerminalEvents Terminal => TerminalEvents.None;

    public override byte[][] TextMembers => [];

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) => true;

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.MediaType:
                _images += raw.StartsWith("\"image/"u8) ? 1 : 0;
                break;
            case ResponseField.InputCount:
                Add(raw, ref _tokens);
                break;
            case ResponseField.CharacterCount:
                Add(raw, ref _characters);
                break;
            default:
                base.OnField(field, raw, cut);
                break;
        }
    }

    public override UsageReport Report(bool terminalSeen)
    {
        var report = base.Report(terminalSeen);
        if (_isInvalid)
        {
            return report with { Flags = [.. report.Flags, UsageFlags.UsageInvalid] };
        }

        var byCharacter = _billsCharacters && _characters is > 0;
        if (_images == 0 && _tokens is null && !byCharacter)
        {
            return report;
        }

        var tokens = byCharacter ? 0 : _tokens ?? 0;
        return report with
        {
            Usage = new TokenUsage
            {
                InputTokens = tokens,
                UncachedInputTokens = tokens,
                Units = byCharacter ? [new UnitCount(UnitNames.Character, _characters!.Value)] : _images > 0 ? [new UnitCount(UnitNames.Image, _images)] : [],
            },
            IsFinal = terminalSeen,
        };
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        reading = null;
        return UsageState.Absent;
    }

    private void Add(ReadOnlySpan<byte> raw, ref long? sum)
    {
        try
        {
            var reader = new Utf8JsonReader(raw);
            if (!reader.Read() || !TokenCount.TryRead(ref reader, out var count))
            {
                _isInvalid = true;
                return;
            }

            sum = count is null ? sum : (sum ?? 0) + count;
            _isInvalid |= sum > TokenCount.Max;
        }
        catch (JsonException)
        {
            _isInvalid = true;
        }
    }
}
