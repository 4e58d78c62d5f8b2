using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// The Responses API: one response object, or a stream of typed events of which only the last states the usage. Tools that are
/// billed by call are in <c>tool_usage</c>, and in older responses are counted from the output. Some servers answer on this path
/// in the form of chat completions, whose usage is read alike.
/// </summary>
internal sealed class ResponsesReader : ResponseReader
{
    private static readonly FieldNode[] _response =
    [
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("service_tier"u8, ResponseField.ServiceTier),
        FieldNode.Value("status"u8, ResponseField.FinishReason),
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("tool_usage"u8, ResponseField.ToolUsage),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Elements(
            "tools"u8,
            ResponseField.Tool,
            FieldNode.Value("type"u8, ResponseField.ToolType),
            FieldNode.Value("model"u8, ResponseField.ToolModel)),
    ];

    private static readonly FieldNode[] _item =
    [
        FieldNode.Value("type"u8, ResponseField.OutputItemType),
        FieldNode.Value("container_id"u8, ResponseField.OutputItemContainer),
        FieldNode.Parent("action"u8, FieldNode.Value("type"u8, ResponseField.OutputItemAction)),
        FieldNode.Value("size"u8, ResponseField.OutputItemSize),
        FieldNode.Value("quality"u8, ResponseField.OutputItemQuality),
    ];

    private static readonly FieldNode _eventFields = FieldNode.Root(
        FieldNode.Value("type"u8, ResponseField.Type),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Text("delta"u8),
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("service_tier"u8, ResponseField.ServiceTier),
        FieldNode.Value("usage"u8, ResponseField.UsageCopy),
        FieldNode.Parent("choices"u8, FieldNode.Value("finish_reason"u8, ResponseField.FinishReason)),
        FieldNode.Parent("response"u8, [.. _response, FieldNode.Elements("output"u8, ResponseField.Choice, _item)]));

    private static readonly FieldNode _bodyFields = FieldNode.Root(
    [
        .. _response,
        FieldNode.Elements(
            "output"u8,
            ResponseField.Choice,
            [
                .. _item,
                FieldNode.Text("arguments"u8),
                FieldNode.Text("code"u8),
                FieldNode.Parent("content"u8, FieldNode.Text("text"u8), FieldNode.Text("refusal"u8)),
                FieldNode.Parent("summary"u8, FieldNode.Text("text"u8)),
            ]),
    ]);

    private static readonly TerminalEvents _terminal = TerminalEvents.Named(
        "response.completed"u8.ToArray(), "response.incomplete"u8.ToArray(), "response.failed"u8.ToArray());

    private static readonly byte[][] _text = ["\"delta\""u8.ToArray()];

    private readonly ResponsesTools _tools = new();
    private OpenAiToolUsage? _toolUsage;

    public override FieldNode EventFields => _eventFields;

    public override FieldNode BodyFields => _bodyFields;

    public override TerminalEvents Terminal => _terminal;

    public override byte[][] TextMembers => _text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        !IsModelKnown
        || WireSearch.HasMember(rawEvent, "\"usage\""u8)
        || WireSearch.HasMember(rawEvent, "\"finish_reason\""u8)
        || WireSearch.HasMember(rawEvent, "\"error\""u8);

    public override void BeginDocument()
    {
        base.BeginDocument();
        _tools.Clear();
    }

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.FinishReason:
                // The status of a response, or why a chat completion ended.
                FinishSeen |= raw.SequenceEqual("\"completed\""u8) || raw.SequenceEqual("\"incomplete\""u8)
                    || raw.SequenceEqual("\"stop\""u8) || raw.SequenceEqual("\"length\""u8)
                    || raw.SequenceEqual("\"tool_calls\""u8) || raw.SequenceEqual("\"content_filter\""u8);
                break;
            case ResponseField.ToolUsage when !cut && raw[0] == '{':
                _toolUsage = OpenAiToolUsage.Read(raw);
                break;
            case ResponseField.Choice:
                _tools.EndItem();
                break;
            case var _ when !cut && _tools.Take(field, raw):
                break;
            default:
                base.OnField(field, raw, cut);
                break;
        }
    }

    public override UsageReport Report(bool terminalSeen)
    {
        _tools.EndItem();
        _tools.EndTool();
        var report = base.Report(terminalSeen);
        if (report.Usage is null)
        {
            return report;
        }

        var units = new List<UnitCount>(report.Usage.Units);
        AddUnit(units, UnitNames.WebSearch, _toolUsage?.WebSearches ?? _tools.WebSearches);
        AddUnit(units, UnitNames.FileSearch, _tools.FileSearches);
        AddUnit(units, UnitNames.CodeInterpreterSession, _tools.Containers);
        return report with
        {
            Usage = units.Count == 0 ? report.Usage : report.Usage with { Units = units },
            Extra = ImageExtra() is { } image ? [.. report.Extra, image] : report.Extra,
        };
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading) => OpenAiUsage.Read(raw, out reading);

    protected override void OnType(ReadOnlySpan<byte> type)
    {
        base.OnType(type);
        FinishSeen |= DocumentIsTerminal;
        if (type.SequenceEqual("response.failed"u8))
        {
            MarkError();
        }
    }

    private static void AddUnit(List<UnitCount> units, string unit, long quantity)
    {
        if (quantity > 0 && !units.Exists(known => known.Unit == unit))
        {
            units.Add(new UnitCount(unit, quantity));
        }
    }

    // The image model's tokens where the response states them, else its images.
    private ExtraUsage? ImageExtra() => (_toolUsage, _tools.Images) switch
    {
        ({ ImageGeneration: { } tokens }, _) => new ExtraUsage("image_gen", _tools.ImageModel, tokens),
        (null, { Count: > 0 } images) => new ExtraUsage("image_gen", _tools.ImageModel, TokenUsage.None with { Units = [.. images] }),
        _ => null,
    };
}
