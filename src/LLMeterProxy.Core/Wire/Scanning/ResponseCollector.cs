using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// The collector of every dialect: finds out what the body really is by its content type and first bytes (T44), has it scanned,
/// and decides which bytes may go. What the fields mean is the <see cref="ResponseReader"/>'s matter.
/// </summary>
internal sealed class ResponseCollector : IUsageCollector
{
    // Bounds what waits for a terminal event that is still incomplete (a whole Responses object may be one).
    private const int MaxHeld = 1024 * 1024;

    private const int KeptOfTooLong = 4 * 1024;

    private readonly ResponseReader _reader;
    private readonly EventStreamMeter _events;
    private readonly JsonFieldScanner _body;
    private readonly JsonLinesMeter? _lines;
    private readonly bool _saysEventStream;
    private readonly byte[] _opening = new byte[MaxOpening];
    private int _openingLength;
    private Form _form;
    private long _position;
    private long _released;
    private bool _committed;
    private bool _ended;

    private const int MaxOpening = 8;

    public ResponseCollector(ResponseReader reader, RequestFacts facts, string? contentType)
    {
        _reader = reader;
        _events = new EventStreamMeter(reader, dropsUsage: facts.UsageSplice is not null);
        _body = new JsonFieldScanner(reader);
        _body.Reset(reader.BodyFields);
        _saysEventStream = contentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

        // One object is a stream of one line too; what neither was asked to stream nor says that it does is looked at as JSON, so
        // that its closing brace waits for the commit.
        _lines = reader.SpeaksLines && (facts.Stream || JsonLines.IsMediaType(contentType)) ? new JsonLinesMeter(reader) : null;
    }

    private enum Form
    {
        Unknown,
        Events,
        Lines,
        Json,
        Opaque,
    }

    public bool FinishSeen => _reader.FinishSeen;

    /// <summary>Bytes of memory kept between calls.</summary>
    internal int BufferedBytes => _events.BufferedBytes + _body.BufferedBytes + (_lines?.BufferedBytes ?? 0);

    private bool TerminalSeen => _form switch
    {
        Form.Events => _events.TerminalStart >= 0 || (_ended && ReferenceEquals(_reader.Terminal, TerminalEvents.None) && FinishSeen),
        Form.Lines => _lines!.TerminalStart >= 0,
        Form.Json => _body.IsClosed,
        _ => false,
    };

    public ChunkVerdict Observe(ReadOnlySpan<byte> bytes)
    {
        var start = _position;
        _position += bytes.Length;
        if (_committed || _ended)
        {
            _released = _position;
            return new ChunkVerdict(bytes.Length);
        }

        Scan(bytes, start);
        return _form switch
        {
            Form.Unknown => Release(_position - _openingLength),
            Form.Events => ReleaseEvents(),
            Form.Lines => ReleaseLines(),
            Form.Json when _body.IsClosed => Commit(start),
            _ => Release(_position),
        };
    }

    public ChunkVerdict Finish()
    {
        if (_committed || _ended)
        {
            return default;
        }

        _ended = true;
        if (_form != Form.Events)
        {
            return Commit(_released);
        }

        _events.End();
        return Commit(_events.TakeDrop(out var dropStart, out var dropLength) ? dropStart + dropLength : _released, dropStart, dropLength);
    }

    public UsageReport Report() => _reader.Report(TerminalSeen);

    private void Scan(ReadOnlySpan<byte> bytes, long start)
    {
        if (_form == Form.Unknown)
        {
            var taken = Recognise(bytes);
            if (_form == Form.Unknown)
            {
                return;
            }

            bytes = bytes[taken..];
            start += taken;
            _events.Start(start - _openingLength);
            _lines?.Start(start - _openingLength);
            ScanKnown(_opening.AsSpan(0, _openingLength));
        }

        ScanKnown(bytes);
    }

    private void ScanKnown(ReadOnlySpan<byte> bytes)
    {
        if (_form == Form.Events)
        {
            _events.Scan(bytes);
        }
        else if (_form == Form.Lines)
        {
            _lines!.Scan(bytes);
        }
        else if (_form == Form.Json)
        {
            _body.Scan(bytes);
        }
    }

    // Collects the first bytes that are not white space until they tell what the body is; DeepSeek writes blank lines first.
    private int Recognise(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            var value = bytes[at];
            if (_openingLength == 0 && value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            if (_openingLength == MaxOpening)
            {
                _form = Form.Opaque;
                return at;
            }

            _opening[_openingLength++] = value;
            _form = FormOf(_opening.AsSpan(0, _openingLength));
            if (_form != Form.Unknown)
            {
                return at + 1;
            }
        }

        return bytes.Length;
    }

    private Form FormOf(ReadOnlySpan<byte> opening)
    {
        if (SseLines.Bom.StartsWith(opening))
        {
            return Form.Unknown;
        }

        var afterBom = opening.StartsWith(SseLines.Bom) ? opening[SseLines.Bom.Length..] : opening;
        if (afterBom[0] is (byte)'{' or (byte)'[')
        {
            // Both JSON forms have no use for the mark, and the scanner does not know it.
            afterBom.CopyTo(_opening);
            _openingLength = afterBom.Length;
            return _lines is not null && _opening[0] == '{' ? Form.Lines : Form.Json;
        }

        if (_saysEventStream || afterBom[0] == ':')
        {
            return Form.Events;
        }

        var mayBe = false;
        foreach (var field in _fields)
        {
            if (afterBom.StartsWith(field))
            {
                return Form.Events;
            }

            mayBe |= field.AsSpan().StartsWith(afterBom);
        }

        return mayBe ? Form.Unknown : Form.Opaque;
    }

    private static readonly byte[][] _fields = ["data:"u8.ToArray(), "event:"u8.ToArray(), "id:"u8.ToArray(), "retry:"u8.ToArray()];

    private ChunkVerdict ReleaseEvents()
    {
        var hasDrop = _events.TakeDrop(out var dropStart, out var dropLength);
        if (_events.TerminalStart >= 0)
        {
            return Commit(Math.Max(_events.TerminalStart, _released), dropStart, dropLength);
        }

        var hold = Bound(_events.HoldFrom);
        return hasDrop ? Release(hold, dropStart, dropLength) : Release(hold);
    }

    private ChunkVerdict ReleaseLines() => _lines!.TerminalStart >= 0
        ? Commit(Math.Max(_lines.TerminalStart, _released))
        : Release(Bound(_lines.HoldFrom));

    // What is held cannot complete without bytes that are still to come, and those are held.
    private long Bound(long hold) => _position - Math.Max(hold, _released) > MaxHeld ? _position - KeptOfTooLong : hold;

    private ChunkVerdict Release(long until, long dropStart = 0, int dropLength = 0)
    {
        var from = _released;
        _released = Math.Max(until, from);
        return new ChunkVerdict((int)(_released - from), dropLength > 0 ? (int)(dropStart - from) : 0, dropLength);
    }

    private ChunkVerdict Commit(long from, long dropStart = 0, int dropLength = 0)
    {
        _committed = true;
        var verdict = Release(from, dropStart, dropLength) with { Commit = true };
        _events.Release();
        return verdict;
    }
}
