using System.Buffers.Text;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// Images, transcriptions, speech, reranking and documents: one object, or a stream of typed events of which the last states the
/// usage. Where there is no usage, the call is billed by what the request asked for or the response counts: images by size and
/// quality, characters, seconds, pages.
/// </summary>
internal sealed class MediaReader(string operation, RequestFacts facts) : ResponseReader
{
    private static readonly FieldNode[] _common =
    [
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("service_tier"u8, ResponseField.ServiceTier),
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Value("duration"u8, ResponseField.Duration),
        FieldNode.Value("size"u8, ResponseField.ImageSize),
        FieldNode.Value("quality"u8, ResponseField.ImageQuality),
    ];

    private static readonly FieldNode _events = FieldNode.Root(
        [.. _common, FieldNode.Value("type"u8, ResponseField.Type), FieldNode.Text("delta"u8)]);

    private static readonly FieldNode _body = FieldNode.Root(
    [
        .. _common,
        FieldNode.Value("usage_info"u8, ResponseField.Usage),
        FieldNode.Parent("meta"u8, FieldNode.Value("billed_units"u8, ResponseField.UsageCopy)),
        FieldNode.Parent("x_groq"u8, FieldNode.Value("usage"u8, ResponseField.UsageCopy)),
        FieldNode.Elements("data"u8, ResponseField.Choice),
        FieldNode.Text("text"u8),
    ]);

    // OpenAI, then Mistral.
    private static readonly TerminalEvents _terminal = TerminalEvents.Named(
        "image_generation.completed"u8.ToArray(), "image_edit.completed"u8.ToArray(), "transcript.text.done"u8.ToArray(),
        "speech.audio.done"u8.ToArray(), "transcription.done"u8.ToArray());

    private static readonly byte[][] _text = ["\"delta\""u8.ToArray()];

    private readonly bool _isOfMany = operation == Operations.Images && facts.Choices > 1;
    private int _images;
    private decimal? _seconds;
    private string? _size;
    private string? _quality;

    public override FieldNode EventFields => _events;

    public override FieldNode BodyFields => _body;

    /// <summary>Each of several streamed images is completed by itself, so that only the end is the end.</summary>
    public override TerminalEvents Terminal => _isOfMany ? TerminalEvents.None : _terminal;

    public override byte[][] TextMembers => _text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        WireSearch.HasMember(rawEvent, "\"usage\""u8) || WireSearch.HasMember(rawEvent, "\"error\""u8);

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.Choice:
                _images++;
                break;
            case ResponseField.Duration when Utf8Parser.TryParse(raw, out decimal seconds, out var read) && read == raw.Length && seconds is >= 0 and < 10_000_000:
                _seconds = seconds;
                break;
            case ResponseField.ImageSize when !cut:
                JsonText.Update(ref _size, raw);
                break;
            case ResponseField.ImageQuality when !cut:
                JsonText.Update(ref _quality, raw);
                break;
            default:
                base.OnField(field, raw, cut);
                break;
        }
    }

    public override UsageReport Report(bool terminalSeen)
    {
        var report = base.Report(terminalSeen);
        if (report.Usage is { } usage)
        {
            return report with { Usage = WithUnits(usage) };
        }

        // Without usage and without its end, what came of it is no answer to bill by; the settlement estimates.
        return terminalSeen && !report.ErrorSeen && Counted() is { } units
            ? report with { Usage = TokenUsage.None with { Units = units }, IsFinal = true }
            : report;
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading) =>
        OpenAiUsage.Read(raw, out reading, tokensOnly: false);

    protected override void OnType(ReadOnlySpan<byte> type)
    {
        base.OnType(type);
        FinishSeen |= _terminal.IsTerminalName(type);
    }

    private TokenUsage WithUnits(TokenUsage usage) => operation switch
    {
        // The sound that a model speaks is all of its output.
        Operations.Speech => usage with { AudioOutputTokens = usage.OutputTokens },
        // Where sound is billed by its seconds, its tokens are not billed beside them.
        Operations.Transcription or Operations.Translation when usage.AudioInputTokens > 0 && HasSeconds(usage) => usage with
        {
            InputTokens = usage.InputTokens - usage.AudioInputTokens,
            UncachedInputTokens = Math.Max(0, usage.UncachedInputTokens - usage.AudioInputTokens),
            AudioInputTokens = 0,
        },
        // A cost alone: what it was for is what was asked for.
        Operations.Images when usage is { InputTokens: 0, OutputTokens: 0, Units.Count: 0 } => usage with { Units = Images() },
        Operations.Ocr when facts.Units is [{ Unit: var asked }] && usage.Units is [{ Unit: UnitNames.Page } pages] => usage with { Units = [pages with { Unit = asked }] },
        _ => usage,
    };

    private static bool HasSeconds(TokenUsage usage)
    {
        foreach (var unit in usage.Units)
        {
            if (unit.Unit == UnitNames.Second)
            {
                return true;
            }
        }

        return false;
    }

    private UnitCount[]? Counted() => operation switch
    {
        Operations.Images => Images(),
        Operations.Transcription or Operations.Translation when _seconds is { } seconds => [new UnitCount(UnitNames.Second, seconds)],
        _ => null,
    };

    private UnitCount[] Images()
    {
        var name = _size is null && facts.Units is [{ Unit: var asked }] ? asked : ImageUnits.Name(facts.Model, _size, _quality);
        return [new UnitCount(name, _images > 0 ? _images : facts.Choices)];
    }
}
