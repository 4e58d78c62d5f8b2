using System.Buffers;
using System.Buffers.Text;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Bedrock.EventStream;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// Meters a body of type <c>application/vnd.amazon.eventstream</c>. The payload of a Converse event is the JSON itself; that of
/// an InvokeModel chunk holds it as base64. Nothing waits but the end of the body: no message says that it is the last.
/// </summary>
internal sealed class EventStreamCollector : IUsageCollector, IEventStreamSink
{
    /// <summary>The media type.</summary>
    public const string ContentType = "application/vnd.amazon.eventstream";

    private readonly ResponseReader _reader;
    private readonly EventStreamDecoder _decoder;
    private readonly JsonFieldScanner _json;
    private byte[] _chunk = [];
    private bool _ended;
    private bool _failed;

    public EventStreamCollector(ResponseReader reader)
    {
        _reader = reader;
        _decoder = new EventStreamDecoder(this);
        _json = new JsonFieldScanner(reader);
    }

    public bool FinishSeen => _reader.FinishSeen;

    /// <summary>Bytes of memory kept between calls.</summary>
    internal int BufferedBytes => _decoder.BufferedBytes + _json.BufferedBytes + _chunk.Length;

    public ChunkVerdict Observe(ReadOnlySpan<byte> bytes)
    {
        if (!_ended)
        {
            _decoder.Scan(bytes);
        }

        return new ChunkVerdict(bytes.Length);
    }

    public ChunkVerdict Finish()
    {
        var isFirst = !_ended;
        _ended = true;
        return new ChunkVerdict(0, Commit: isFirst);
    }

    public UsageReport Report()
    {
        var isWhole = _ended && _decoder is { IsBroken: false, IsAtBoundary: true };
        var report = _reader.Report(isWhole && FinishSeen);
        if (_decoder.IsBroken)
        {
            report = report with { Flags = [.. report.Flags, UsageFlags.StreamCorrupt] };
        }
        else if (_decoder.HasUnread && !report.IsFinal)
        {
            report = report with { Flags = [.. report.Flags, UsageFlags.StreamUnread] };
        }

        return _failed ? report with { ErrorSeen = true } : report;
    }

    void IEventStreamSink.OnMessage(in EventStreamMessage message)
    {
        if (message.IsError)
        {
            _failed = true;
            return;
        }

        if (!message.EventType.SequenceEqual("chunk"u8))
        {
            Read(message.Payload);
        }
        else if (TryDecodeChunk(message.Payload, out var json))
        {
            Read(json);
        }
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var text = _reader.TextBytes + WireSearch.TextLength(json, _reader.TextMembers);
        if (_reader.IsCandidate(json))
        {
            _reader.BeginDocument();
            _json.Reset(_reader.EventFields);
            _json.Scan(json);
        }

        // The search has counted the text, so that of the parsed documents must not count again.
        _reader.TextBytes = text;
    }

    /// <summary>Finds the value of <c>bytes</c>, which is base64 and has therefore no escapes, and decodes it.</summary>
    private bool TryDecodeChunk(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> json)
    {
        json = [];
        if (!WireSearch.TryFirstString(payload, "\"bytes\""u8, out var encoded))
        {
            return false;
        }

        var room = Base64.GetMaxDecodedFromUtf8Length(encoded.Length);
        if (_chunk.Length < room)
        {
            _chunk = new byte[Math.Max(1024, room)];
        }

        if (Base64.DecodeFromUtf8(encoded, _chunk, out _, out var length) != OperationStatus.Done)
        {
            return false;
        }

        json = _chunk.AsSpan(0, length);
        return true;
    }
}
