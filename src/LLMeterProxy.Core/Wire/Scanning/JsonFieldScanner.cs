namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// Walks one JSON document of any size in constant memory as its bytes arrive, and reports the values at a few paths.
/// It follows structure only (strings, brackets, commas), accepts what is malformed elsewhere, and never throws: what a
/// reported value means, and whether it is valid, is judged by whoever reads it. Member names that are written with escapes do
/// not match; no provider writes its own names so, and generated text cannot make a member.
/// </summary>
internal sealed class JsonFieldScanner(IFieldSink sink)
{
    /// <summary>The longest value that is kept, in bytes. Real usage objects have less than 2 KiB.</summary>
    public const int MaxValueLength = 16 * 1024;

    private const int MaxNameLength = 64;

    // The deepest tree has six levels, each may stand in one array.
    private const int MaxDepth = 16;

    private readonly FieldNode?[] _nodes = new FieldNode?[MaxDepth];
    private readonly bool[] _isArray = new bool[MaxDepth];
    private readonly byte[] _name = new byte[MaxNameLength];
    private FieldNode _root = FieldNode.Root();
    private State _state;
    private bool _escaped;
    private bool _expectsName;
    private int _depth;
    private int _skippedDepth;
    private int _nameLength;
    private FieldNode? _member;
    private ResponseField _capturing;
    private int _captureStart;
    private byte[] _captured = [];
    private int _capturedLength;
    private bool _captureCut;

    private enum State
    {
        Start,
        Structure,
        Name,
        String,
        Text,
        Scalar,
        Skip,
        SkipString,
        Closed,
        NotJson,
    }

    /// <summary>The top-level value is complete; what follows is ignored.</summary>
    public bool IsClosed => _state == State.Closed;

    /// <summary>What came is no object and no array.</summary>
    public bool IsNotJson => _state == State.NotJson;

    /// <summary>Bytes of memory kept between calls.</summary>
    public int BufferedBytes => _captured.Length + MaxNameLength;

    /// <summary>Begins a new document.</summary>
    public void Reset(FieldNode root)
    {
        _root = root;
        _state = State.Start;
        _escaped = false;
        _expectsName = false;
        _depth = 0;
        _skippedDepth = 0;
        _member = null;
        _capturing = ResponseField.None;
    }

    /// <summary>Shows the next bytes of the document.</summary>
    /// <returns>How many of them belong to it; fewer than all only where it closed.</returns>
    public int Scan(ReadOnlySpan<byte> bytes)
    {
        _captureStart = 0;
        var at = 0;
        while (at < bytes.Length && _state < State.Closed)
        {
            at = _state switch
            {
                State.Start => ScanStart(bytes, at),
                State.Structure => ScanStructure(bytes, at),
                State.Name => ScanName(bytes, at),
                State.String or State.Text => ScanString(bytes, at),
                State.Scalar => ScanScalar(bytes, at),
                State.Skip => ScanSkipped(bytes, at),
                _ => ScanSkippedString(bytes, at),
            };
        }

        if (_capturing != ResponseField.None)
        {
            Keep(bytes[_captureStart..]);
        }

        return at;
    }

    private static bool IsWhiteSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    private int ScanStart(ReadOnlySpan<byte> bytes, int at)
    {
        var first = bytes[at];
        if (IsWhiteSpace(first))
        {
            return at + 1;
        }

        if (first is not ((byte)'{' or (byte)'['))
        {
            _state = State.NotJson;
            return bytes.Length;
        }

        _member = _root;
        Open(isArray: first == '[');
        return at + 1;
    }

    private int ScanStructure(ReadOnlySpan<byte> bytes, int at)
    {
        var value = bytes[at];
        switch (value)
        {
            case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t':
                return at + 1;
            case (byte)',':
                _expectsName = !_isArray[_depth - 1];
                return at + 1;
            case (byte)':':
                _expectsName = false;
                return at + 1;
            case (byte)'}' or (byte)']':
                Close();
                return at + 1;
            case (byte)'"' when _expectsName:
                _nameLength = 0;
                _state = State.Name;
                return at + 1;
            default:
                return BeginValue(value, at);
        }
    }

    private int BeginValue(byte first, int at)
    {
        var isArray = _isArray[_depth - 1];
        var member = isArray ? _nodes[_depth - 1] : _member;
        _member = member;
        if (member is null)
        {
            _state = first switch
            {
                (byte)'"' => State.String,
                (byte)'{' or (byte)'[' => State.Skip,
                _ => State.Scalar,
            };
            _skippedDepth = 1;
            return at + 1;
        }

        if (member.Element != ResponseField.None && first is not ((byte)'[' or (byte)'n'))
        {
            sink.OnField(member.Element, [], cut: false);
        }

        if (member.Field != ResponseField.None)
        {
            _capturing = member.Field;
            _captureStart = at;
            _capturedLength = 0;
            _captureCut = false;
        }

        switch (first)
        {
            case (byte)'"':
                _state = member.IsText ? State.Text : State.String;
                break;
            case (byte)'{' or (byte)'[' when member.Field != ResponseField.None:
            case (byte)'[' when isArray:
            case (byte)'{' or (byte)'[' when _depth == MaxDepth:
                _state = State.Skip;
                _skippedDepth = 1;
                break;
            case (byte)'{' or (byte)'[':
                Open(isArray: first == '[');
                break;
            default:
                _state = State.Scalar;
                break;
        }

        return at + 1;
    }

    private int ScanName(ReadOnlySpan<byte> bytes, int at)
    {
        if (!FindQuote(bytes, ref at, out var start, out var end))
        {
            KeepName(bytes[start..end]);
            return at;
        }

        KeepName(bytes[start..end]);
        _member = _nameLength <= MaxNameLength ? _nodes[_depth - 1]!.Find(_name.AsSpan(0, _nameLength)) : null;
        _state = State.Structure;
        return at;
    }

    private void KeepName(ReadOnlySpan<byte> part)
    {
        if (_nameLength + part.Length <= MaxNameLength)
        {
            part.CopyTo(_name.AsSpan(_nameLength));
        }

        // A length above the buffer's says that the name is too long to be one of ours.
        _nameLength = Math.Min(_nameLength + part.Length, MaxNameLength + 1);
    }

    private int ScanString(ReadOnlySpan<byte> bytes, int at)
    {
        var isText = _state == State.Text;
        var closed = FindQuote(bytes, ref at, out var start, out var end);
        if (isText)
        {
            sink.OnText(end - start);
        }

        if (closed)
        {
            EndValue(bytes, at);
        }

        return at;
    }

    // Moves past the closing quote of a string, or to the end of the bytes: then false.
    private bool FindQuote(ReadOnlySpan<byte> bytes, ref int at, out int start, out int end)
    {
        start = at;
        if (_escaped)
        {
            _escaped = false;
            at++;
        }

        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
            {
                break;
            }

            at += found;
            if (bytes[at] == '"')
            {
                end = at++;
                return true;
            }

            if (at + 1 == bytes.Length)
            {
                _escaped = true;
                break;
            }

            at += 2;
        }

        at = end = bytes.Length;
        return false;
    }

    private int ScanScalar(ReadOnlySpan<byte> bytes, int at)
    {
        var length = bytes[at..].IndexOfAny(ScalarEnd);
        if (length < 0)
        {
            return bytes.Length;
        }

        EndValue(bytes, at + length);
        return at + length;
    }

    private static readonly System.Buffers.SearchValues<byte> ScalarEnd = System.Buffers.SearchValues.Create(",]} \n\r\t"u8);

    private static readonly System.Buffers.SearchValues<byte> Brackets = System.Buffers.SearchValues.Create("\"{}[]"u8);

    private int ScanSkipped(ReadOnlySpan<byte> bytes, int at)
    {
        var found = bytes[at..].IndexOfAny(Brackets);
        if (found < 0)
        {
            return bytes.Length;
        }

        at += found;
        switch (bytes[at++])
        {
            case (byte)'"':
                _state = State.SkipString;
                break;
            case (byte)'{' or (byte)'[':
                _skippedDepth++;
                break;
            default:
                if (--_skippedDepth == 0)
                {
                    EndValue(bytes, at);
                }

                break;
        }

        return at;
    }

    private int ScanSkippedString(ReadOnlySpan<byte> bytes, int at)
    {
        if (FindQuote(bytes, ref at, out _, out _))
        {
            _state = State.Skip;
        }

        return at;
    }

    private void Open(bool isArray)
    {
        _nodes[_depth] = _member;
        _isArray[_depth] = isArray;
        _depth++;
        _member = null;
        _expectsName = !isArray;
        _state = State.Structure;
    }

    private void Close()
    {
        _depth--;
        _member = null;
        _expectsName = false;
        _state = _depth == 0 ? State.Closed : State.Structure;
        if (ReferenceEquals(_nodes[_depth], _root) && !_isArray[_depth])
        {
            sink.OnObjectEnd();
        }
    }

    private void EndValue(ReadOnlySpan<byte> bytes, int end)
    {
        if (_capturing != ResponseField.None)
        {
            var field = _capturing;
            _capturing = ResponseField.None;
            var rest = bytes[_captureStart..end];
            if (_capturedLength == 0 && rest.Length <= MaxValueLength)
            {
                sink.OnField(field, rest, cut: false);
            }
            else
            {
                Keep(rest);
                sink.OnField(field, _captured.AsSpan(0, _capturedLength), _captureCut);
            }
        }

        _member = null;
        _state = State.Structure;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        var room = MaxValueLength - _capturedLength;
        if (part.Length > room)
        {
            part = part[..room];
            _captureCut = true;
        }

        if (_capturedLength + part.Length > _captured.Length)
        {
            Array.Resize(ref _captured, Math.Min(MaxValueLength, Math.Max(512, 2 * (_capturedLength + part.Length))));
        }

        part.CopyTo(_captured.AsSpan(_capturedLength));
        _capturedLength += part.Length;
    }
}
