using System.Buffers;
using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Ollama;

/// <summary>
/// Ollama's own format: one object, or one a line, of which the last says <c>done</c> and states the counts. They stand at the
/// top level and are left out where they are 0: an output that is left out is none, an input that is left out was cached and
/// is unknown. Source: Ollama's API reference; ollama/ollama#2068 and #3427 on the missing <c>prompt_eval_count</c>.
/// </summary>
internal sealed class OllamaReader : ResponseReader
{
    private static readonly FieldNode _fields = FieldNode.Root(
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Value("done"u8, ResponseField.Done),
        FieldNode.Value("done_reason"u8, ResponseField.DoneReason),
        FieldNode.Value("prompt_eval_count"u8, ResponseField.InputCount),
        FieldNode.Value("prompt_eval_cached_count"u8, ResponseField.CachedInputCount),
        FieldNode.Value("eval_count"u8, ResponseField.OutputCount),
        FieldNode.Text("response"u8),
        FieldNode.Text("thinking"u8),
        FieldNode.Parent("message"u8, FieldNode.Text("content"u8), FieldNode.Text("thinking"u8)));

    private readonly bool _generates;
    private OllamaCounts _counts;
    private bool _isInputMissing;

    /// <param name="generates">False for embeddings, which state an input alone.</param>
    public OllamaReader(bool generates)
    {
        _generates = generates;
    }

    public override FieldNode EventFields => _fields;

    public override TerminalEvents Terminal => TerminalEvents.None;

    public override bool SpeaksLines => true;

    public override byte[][] TextMembers => [];

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) => true;

    public override void BeginDocument()
    {
        base.BeginDocument();
        _counts = default;
    }

    public override void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.InputCount:
                _counts.IsInvalid |= !TryCount(raw, out _counts.Input);
                break;
            case ResponseField.CachedInputCount:
                _counts.IsInvalid |= !TryCount(raw, out _counts.Cached);
                break;
            case ResponseField.OutputCount:
                _counts.IsInvalid |= !TryCount(raw, out _counts.Output);
                break;
            case ResponseField.DoneReason:
                // A model was loaded or unloaded, and nothing was generated.
                _counts.IsIdle = raw.SequenceEqual("\"load\""u8) || raw.SequenceEqual("\"unload\""u8);
                break;
            default:
                base.OnField(field, raw, cut);
                break;
        }
    }

    public override void OnObjectEnd()
    {
        if (_counts.IsInvalid)
        {
            Take(UsageState.Invalid, null, []);
        }
        else if (_counts.Input is not null || _counts.Output is not null || _counts.IsIdle)
        {
            _isInputMissing = _generates && _counts is { Input: null, IsIdle: false };
            Take(UsageState.Read, _counts.Normalise(), Raw(_counts));
        }

        base.OnObjectEnd();
    }

    public override UsageReport Report(bool terminalSeen) => base.Report(terminalSeen) with { IsInputMissing = _isInputMissing && Latest is not null };

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading)
    {
        reading = null;
        return UsageState.Absent;
    }

    private static bool TryCount(ReadOnlySpan<byte> raw, out long? count)
    {
        count = null;
        try
        {
            var reader = new Utf8JsonReader(raw);
            return reader.Read() && TokenCount.TryRead(ref reader, out count);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ReadOnlySpan<byte> Raw(in OllamaCounts counts)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            Write(json, "prompt_eval_count"u8, counts.Input);
            Write(json, "prompt_eval_cached_count"u8, counts.Cached);
            Write(json, "eval_count"u8, counts.Output);
            json.WriteEndObject();
        }

        return output.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? count)
    {
        if (count is { } value)
        {
            json.WriteNumber(name, value);
        }
    }
}
