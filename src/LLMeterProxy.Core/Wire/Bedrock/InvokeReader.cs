using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// InvokeModel: the body, or the decoded <c>bytes</c> of each chunk, is the model vendor's own format. Four sources state the
/// tokens, the richest first: the vendor's usage object (Anthropic, Nova, OpenAI-like), Bedrock's invocation metrics at the end
/// of a stream, the response headers, and bare counts in the body (Llama, Titan). One is taken whole, nothing is added.
/// </summary>
internal sealed class InvokeReader(TokenHeaders? headers, string? tier, string? latency, string imageUnit) : MessagesReader
{
    private UsageReading? _metrics;
    private byte[] _metricsRaw = [];
    private long? _inputCount;
    private long? _outputCount;
    private int _images;
    private bool _intervened;
    private bool _hasGuardrailUnits;

    public override FieldNode EventFields => InvokeFields.Chunk;

    public override FieldNode BodyFields => InvokeFields.Body;

    public override TerminalEvents Terminal => TerminalEvents.None;

    public override byte[][] TextMembers => InvokeFields.Text;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) => InvokeFields.IsCandidate(rawEvent);

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.InvocationMetrics:
                TakeMetrics(raw, cut);
                break;
            case ResponseField.InputCount when !cut:
                _inputCount = Count(raw) ?? _inputCount;
                break;
            case ResponseField.OutputCount when !cut && Count(raw) is { } count:
                _outputCount = (_outputCount ?? 0) + count;
                break;
            case ResponseField.Image:
                _images++;
                break;
            case ResponseField.GuardrailAction:
                _intervened |= raw.SequenceEqual("\"INTERVENED\""u8);
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
        var report = base.Report(terminalSeen) with
        {
            // The path's model is the one that is billed, with its region; the body names it in the vendor's words.
            Model = null,
            Speed = BedrockSpeed.Normalise(latency),
        };
        if (tier is not null)
        {
            report = report with { ServiceTier = ServiceTiers.Normalise(tier) };
        }

        report = WithGateway(report);
        if (_images > 0)
        {
            report = report with
            {
                Usage = (report.Usage ?? TokenUsage.None) with { Units = [new UnitCount(imageUnit, _images)] },
                IsFinal = report.IsFinal || terminalSeen,
            };
        }

        return _hasGuardrailUnits ? GuardrailUnits.Remark(report) : report;
    }

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        if (WireSearch.HasMember(raw, "\"inputTokens\""u8) || WireSearch.HasMember(raw, "\"outputTokens\""u8))
        {
            return BedrockUsage.Read(raw, out reading);
        }

        return WireSearch.HasMember(raw, "\"prompt_tokens\""u8) || WireSearch.HasMember(raw, "\"completion_tokens\""u8)
            ? OpenAiUsage.Read(raw, out reading)
            : base.ReadUsage(raw, out reading);
    }

    private UsageReport WithGateway(UsageReport report)
    {
        var own = _metrics ?? headers?.Reading;
        if (Latest is { } vendor)
        {
            return own is not null && !Agree(vendor.Usage, own.Usage) && !report.Flags.Contains(UsageFlags.UsageInconsistent)
                ? report with { Flags = [.. report.Flags, UsageFlags.UsageInconsistent] }
                : report;
        }

        if (own is not null)
        {
            return report with
            {
                Usage = own.Usage,
                IsFinal = true,
                RawUsage = _metrics is null ? headers!.Raw : RawUsage.WithoutText(_metricsRaw),
            };
        }

        // What a guardrail answers in the model's place was counted by nobody who bills for it.
        if (_intervened || (_inputCount ?? _outputCount) is null)
        {
            return report;
        }

        var bare = new BedrockCounts { Input = _inputCount, Output = _outputCount };
        return report with { Usage = bare.Normalise().Usage, IsFinal = FinishSeen || report.TerminalSeen };
    }

    private static bool Agree(TokenUsage vendor, TokenUsage own) =>
        vendor.UncachedInputTokens == own.UncachedInputTokens && vendor.OutputTokens == own.OutputTokens;

    private void TakeMetrics(ReadOnlySpan<byte> raw, bool cut)
    {
        if (!cut && BedrockUsage.Read(raw, out var reading) == UsageState.Read)
        {
            _metrics = reading;
            _metricsRaw = raw.ToArray();
            FinishSeen = true;
        }
    }

    private static long? Count(ReadOnlySpan<byte> raw)
    {
        try
        {
            var reader = new Utf8JsonReader(raw);
            return reader.Read() && TokenCount.TryRead(ref reader, out var count) ? count : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
