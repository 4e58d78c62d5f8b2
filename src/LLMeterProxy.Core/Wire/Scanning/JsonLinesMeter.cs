namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// Meters JSON documents that follow one another (NDJSON: Ollama, Cohere's first version) in constant memory. A document ends
/// where its brackets close, so that any line end, none at all, and one that is spread over lines are read alike. Positions
/// count from the first byte of the body.
/// </summary>
internal sealed class JsonLinesMeter(ResponseReader reader)
{
    private readonly JsonFieldScanner _json = new(reader);
    private long _position;
    private long _start;
    private bool _inDocument;

    /// <summary>Where the document that ends the stream begins; -1 until it is complete.</summary>
    public long TerminalStart { get; private set; } = -1;

    /// <summary>From here on nothing may go yet: the document that has begun may be the last.</summary>
    public long HoldFrom => _inDocument ? _start : _position;

    public int BufferedBytes => _json.BufferedBytes;

    /// <param name="position">Position in the body of the first byte that will be scanned.</param>
    public void Start(long position) => _position = position;

    /// <summary>Shows the next bytes of the body.</summary>
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && TerminalStart < 0)
        {
            var taken = _inDocument ? ScanDocument(bytes) : SkipToDocument(bytes);
            _position += taken;
            bytes = bytes[taken..];
        }
    }

    private int SkipToDocument(ReadOnlySpan<byte> bytes)
    {
        var begin = bytes.IndexOfAnyExcept(" \t\r\n"u8);
        if (begin < 0)
        {
            return bytes.Length;
        }

        _inDocument = true;
        _start = _position + begin;
        reader.BeginDocument();
        _json.Reset(reader.EventFields);
        return begin;
    }

    private int ScanDocument(ReadOnlySpan<byte> bytes)
    {
        if (_json.IsNotJson)
        {
            return SkipLine(bytes);
        }

        var taken = _json.Scan(bytes);
        if (_json.IsNotJson)
        {
            return SkipLine(bytes);
        }

        if (_json.IsClosed)
        {
            _inDocument = false;
            TerminalStart = reader.DocumentIsTerminal ? _start : -1;
        }

        return taken;
    }

    // Whatever stands there instead of a document, the next line may be one.
    private int SkipLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        _inDocument = end < 0;
        return end < 0 ? bytes.Length : end + 1;
    }
}
