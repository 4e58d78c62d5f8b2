namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// Enumerates the lines of one event, or of its beginning, as field and value (WHATWG HTML, section 9.2.6). Comments and blank
/// lines are passed over; a BOM before the first line is not part of it.
/// </summary>
internal ref struct SseLines
{
    private ReadOnlySpan<byte> _rest;

    public SseLines(ReadOnlySpan<byte> raw)
    {
        _rest = raw.StartsWith(Bom) ? raw[Bom.Length..] : raw;
    }

    public static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    public ReadOnlySpan<byte> Field { get; private set; }

    /// <summary>Without the one space that may follow the colon.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>False only for the last line of an incomplete event.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The line has a colon: <see cref="Field"/> is a whole name.</summary>
    public bool HasColon { get; private set; }

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOfAny((byte)'\r', (byte)'\n');
            IsComplete = end >= 0;
            var line = IsComplete ? _rest[..end] : _rest;
            _rest = IsComplete ? _rest[(end + 1)..] : [];
            if (line.IsEmpty || line[0] == ':')
            {
                continue;
            }

            var colon = line.IndexOf((byte)':');
            HasColon = colon >= 0;
            Field = HasColon ? line[..colon] : line;
            Value = HasColon ? line[(colon + 1)..] : [];
            if (!Value.IsEmpty && Value[0] == ' ')
            {
                Value = Value[1..];
            }

            return true;
        }

        return false;
    }
}
