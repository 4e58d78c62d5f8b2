using System.Buffers.Text;
using System.Numerics;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// Chat completions, completions, embeddings and moderations: one object, or a stream of chunks that ends in <c>[DONE]</c>. The
/// usage may stand in a chunk of its own, beside the finish reason, or in every chunk. A server may answer a body of the Responses
/// API that was sent to a chat path (Cursor does) in that API's form: its usage is read alike.
/// </summary>
internal class ChatReader(byte[][] textMembers, RequestFacts facts) : ResponseReader
{
    private static readonly FieldNode[] _message =
    [
        FieldNode.Text("content"u8, FieldNode.Text("text"u8), FieldNode.Parent("thinking"u8, FieldNode.Text("text"u8))),
        FieldNode.Text("reasoning_content"u8),
        FieldNode.Text("reasoning"u8),
        FieldNode.Text("refusal"u8),
        FieldNode.Parent("tool_calls"u8, FieldNode.Parent("function"u8, FieldNode.Text("arguments"u8))),
        FieldNode.Parent("function_call"u8, FieldNode.Text("arguments"u8)),
        FieldNode.Elements(
            "executed_tools"u8,
            ResponseField.ExecutedTool,
            FieldNode.Value("type"u8, ResponseField.ExecutedToolType),
            FieldNode.Value("index"u8, ResponseField.ExecutedToolIndex)),
    ];

    private static readonly FieldNode _fields = FieldNode.Root(
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("service_tier"u8, ResponseField.ServiceTier),
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Parent(
            "x_groq"u8,
            FieldNode.Value("usage"u8, ResponseField.UsageCopy),
            FieldNode.Value("usage_breakdown"u8, ResponseField.UsageByModel),
            FieldNode.Value("error"u8, ResponseField.Error)),
        FieldNode.Value("usage_breakdown"u8, ResponseField.UsageByModel),
        FieldNode.Value("type"u8, ResponseField.Type),
        FieldNode.Parent(
            "response"u8,
            FieldNode.Value("id"u8, ResponseField.Id),
            FieldNode.Value("model"u8, ResponseField.Model),
            FieldNode.Value("service_tier"u8, ResponseField.ServiceTier),
            FieldNode.Value("usage"u8, ResponseField.UsageCopy),
            FieldNode.Value("error"u8, ResponseField.Error)),
        FieldNode.Parent(
            "perf_metrics"u8,
            FieldNode.Value("fireworks-cached-prompt-tokens"u8, ResponseField.CachedInputCount),
            FieldNode.Value("cached-prompt-tokens"u8, ResponseField.CachedInputCount)),
        FieldNode.Elements(
            "choices"u8,
            ResponseField.Choice,
            FieldNode.Value("finish_reason"u8, ResponseField.FinishReason),
            FieldNode.Value("usage"u8, ResponseField.UsageCopy),
            FieldNode.Parent("delta"u8, _message),
            FieldNode.Parent("message"u8, _message),
            FieldNode.Text("text"u8)));

    /// <summary>The text members of chat chunks. <c>text</c> is for Mistral's content parts.</summary>
    public static byte[][] ChatText { get; } =
    [
        "\"content\""u8.ToArray(), "\"reasoning_content\""u8.ToArray(), "\"reasoning\""u8.ToArray(), "\"refusal\""u8.ToArray(),
        "\"arguments\""u8.ToArray(), "\"text\""u8.ToArray(),
    ];

    /// <summary>Without <c>text</c>: OpenRouter repeats all reasoning under <c>reasoning_details</c>.</summary>
    public static byte[][] OpenRouterText { get; } = ChatText[..^1];

    private List<ExtraUsage>? _parts;
    private bool _partsUnreadable;
    private ulong _searches;
    private bool _executedIsSearch;
    private int _executedIndex;

    /// <summary>Tokens of the prompt that came from a cache, where the host tells it outside the usage (Fireworks' headers); null where it does not.</summary>
    public long? CachedByHost { get; set; }

    public override FieldNode EventFields => _fields;

    public override TerminalEvents Terminal => TerminalEvents.DoneMarker;

    public override byte[][] TextMembers => textMembers;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        !IsModelKnown
        || WireSearch.HasMember(rawEvent, "\"usage\""u8)
        || WireSearch.HasMember(rawEvent, "\"finish_reason\""u8)
        || WireSearch.HasMember(rawEvent, "\"error\""u8);

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.UsageByModel when !JsonText.IsNull(raw):
                _parts = cut ? null : OpenAiBreakdown.Read(raw);
                _partsUnreadable = _parts is null;
                break;
            case ResponseField.CachedInputCount when Utf8Parser.TryParse(raw, out long cached, out var read) && read == raw.Length:
                CachedByHost = cached;
                break;
            case ResponseField.ExecutedTool:
                EndExecutedTool();
                break;
            case ResponseField.ExecutedToolType:
                _executedIsSearch = raw.EndsWith("search\""u8);
                break;
            case ResponseField.ExecutedToolIndex when Utf8Parser.TryParse(raw, out int index, out _) && index is >= 0 and < 64:
                _executedIndex = index;
                break;
            default:
                base.OnField(field, raw, cut);
                break;
        }
    }

    public override UsageReport Report(bool terminalSeen)
    {
        EndExecutedTool();
        var report = base.Report(terminalSeen);
        if (report.Usage is not { } usage)
        {
            return report;
        }

        if (usage.CacheReadTokens == 0 && CachedByHost is > 0)
        {
            var cached = Math.Min(CachedByHost.Value, usage.UncachedInputTokens);
            usage = usage with { CacheReadTokens = cached, UncachedInputTokens = usage.UncachedInputTokens - cached };
            report = report with { Usage = usage };
        }

        var searches = BitOperations.PopCount(_searches);
        if (facts.Units.Count > 0 || searches > 0)
        {
            report = report with { Usage = usage with { Units = [.. usage.Units, .. facts.Units, .. Searches(searches)] } };
        }

        return _parts is { Count: > 0 } || _partsUnreadable ? WithParts(report) : report;
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading) => OpenAiUsage.Read(raw, out reading);

    // The last events of the Responses API.
    protected override void OnType(ReadOnlySpan<byte> type)
    {
        base.OnType(type);
        if (type.StartsWith("response."u8))
        {
            // No chunk of ours, whatever the request asked for.
            base.OnField(ResponseField.Choice, default, cut: false);
        }

        FinishSeen |= type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8);
        if (type.SequenceEqual("response.failed"u8))
        {
            MarkError();
        }
    }

    private static UnitCount[] Searches(int count) => count > 0 ? [new UnitCount(UnitNames.WebSearch, count)] : [];

    // A stream shows a tool when it starts and again when it has answered: its index tells that it is one.
    private void EndExecutedTool()
    {
        if (_executedIsSearch)
        {
            _searches |= 1UL << _executedIndex;
        }

        _executedIsSearch = false;
        _executedIndex = 0;
    }

    private UsageReport WithParts(UsageReport report)
    {
        var isExact = false;
        var covers = _parts is not null && OpenAiBreakdown.Covers(_parts, report.Usage!, out isExact);
        return report with
        {
            Extra = covers ? [.. report.Extra, .. _parts!] : report.Extra,
            Flags = isExact || report.Flags.Contains(UsageFlags.UsageInconsistent) ? report.Flags : [.. report.Flags, UsageFlags.UsageInconsistent],
        };
    }
}
