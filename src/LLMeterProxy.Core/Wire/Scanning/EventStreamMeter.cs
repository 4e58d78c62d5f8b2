namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// Meters a server-sent event stream: counts the text of every event, parses only those that may matter, and knows from where
/// bytes must be held. Positions count from the first byte of the body.
/// </summary>
internal sealed class EventStreamMeter : ISseSink
{
    private readonly ResponseReader _reader;
    private readonly bool _dropsUsage;
    private readonly SseScanner _scanner;
    private readonly JsonFieldScanner _json;
    private TerminalMatch _match;
    private bool _longNameKnown;
    private long _dropStart = -1;
    private long _dropEnd = -1;
    private bool _dropIsNew;

    public EventStreamMeter(ResponseReader reader, bool dropsUsage)
    {
        _reader = reader;
        _dropsUsage = dropsUsage;
        _scanner = new SseScanner(this);
        _json = new JsonFieldScanner(reader);
    }

    /// <summary>Where the terminal event begins; -1 until it is complete.</summary>
    public long TerminalStart { get; private set; } = -1;

    public int BufferedBytes => _scanner.BufferedBytes + _json.BufferedBytes;

    /// <summary>From here on nothing may go yet: what follows may be the terminal event, or a chunk that is dropped.</summary>
    public long HoldFrom
    {
        get
        {
            var holds = _scanner.InEvent && (_match != TerminalMatch.No || (_dropsUsage && !_scanner.IsLong));
            return holds ? _scanner.EventStart : _scanner.Position;
        }
    }

    public void Start(long position) => _scanner.Start(position);

    public void Scan(ReadOnlySpan<byte> bytes)
    {
        if (TerminalStart >= 0)
        {
            return;
        }

        _scanner.Scan(bytes);
        if (!_scanner.InEvent || TerminalStart >= 0)
        {
            return;
        }

        if (!_scanner.IsLong)
        {
            _match = _reader.Terminal.Match(_scanner.Partial, isComplete: false);
            if (_match == TerminalMatch.Yes && _reader.Terminal.IsDecidedByLine)
            {
                TerminalStart = _scanner.EventStart;
            }
        }
    }

    public void End() => _scanner.End();

    public void Release() => _scanner.Release();

    /// <summary>The range that was found since the last call and that the client must not get.</summary>
    public bool TakeDrop(out long start, out int length)
    {
        var isNew = _dropIsNew;
        _dropIsNew = false;
        start = isNew ? _dropStart : 0;
        length = isNew ? (int)(_dropEnd - _dropStart) : 0;
        return isNew;
    }

    public void OnEvent(ReadOnlySpan<byte> raw, long start, long end)
    {
        if (TerminalStart >= 0)
        {
            return;
        }

        var text = _reader.TextBytes + WireSearch.TextLength(raw, _reader.TextMembers);
        var match = _reader.Terminal.Match(raw, isComplete: true);
        _reader.BeginDocument();
        var isMarker = match == TerminalMatch.Yes && _reader.Terminal.IsDecidedByLine;
        if (!isMarker && (match == TerminalMatch.Yes || raw.StartsWith("event: error"u8) || _reader.IsCandidate(raw)))
        {
            Parse(raw);
        }

        // The search has counted the text of every event, so that of the parsed ones must not count again.
        _reader.TextBytes = text;
        if (match == TerminalMatch.Yes || _reader.DocumentIsTerminal)
        {
            TerminalStart = start;
        }
        else if (_dropsUsage && _reader.DocumentStatesUsage && !_reader.DocumentHasContent)
        {
            Drop(start, end);
        }
    }

    public void OnLongEvent()
    {
        if (TerminalStart >= 0)
        {
            return;
        }

        _match = _reader.Terminal.Match(_scanner.Partial, isComplete: false);
        _longNameKnown = false;
        _reader.BeginDocument();
        _json.Reset(_reader.EventFields);
    }

    public void OnLongEventName(ReadOnlySpan<byte> name, bool cut)
    {
        _longNameKnown = true;
        _match = !cut && _reader.Terminal.IsTerminalName(name) ? TerminalMatch.Yes : TerminalMatch.No;
        _reader.OnEventName(name);
    }

    public void OnLongEventText(ReadOnlySpan<byte> part)
    {
        if (TerminalStart >= 0)
        {
            return;
        }

        _json.Scan(part);
        if (!_longNameKnown && _reader.DocumentHasType)
        {
            _match = _reader.DocumentIsTerminal ? TerminalMatch.Yes : TerminalMatch.No;
        }
    }

    public void OnLongEventEnd(long start, long end)
    {
        if (TerminalStart < 0 && (_match == TerminalMatch.Yes || _reader.DocumentIsTerminal))
        {
            TerminalStart = start;
        }
    }

    private void Parse(ReadOnlySpan<byte> raw)
    {
        _json.Reset(_reader.EventFields);
        var lines = new SseLines(raw);
        while (lines.MoveNext())
        {
            if (lines.Field.SequenceEqual("data"u8))
            {
                _json.Scan(lines.Value);
            }
            else if (lines.Field.SequenceEqual("event"u8))
            {
                _reader.OnEventName(lines.Value);
            }
        }
    }

    // One run of adjacent usage chunks is ours; a verdict can name no more, and no provider sends more.
    private void Drop(long start, long end)
    {
        if (_dropEnd < 0 || (_dropIsNew && _dropEnd == start))
        {
            _dropStart = _dropEnd < 0 ? start : _dropStart;
            _dropEnd = end;
            _dropIsNew = true;
        }
        else if (_dropEnd == start)
        {
            (_dropStart, _dropEnd, _dropIsNew) = (start, end, true);
        }
    }
}
