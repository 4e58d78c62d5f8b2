namespace LLMeterProxy.Gateway.Meter;

/// <summary>
/// Knows whether what the client has so far ends between two events: only there can an event of our own follow. Remembers
/// two bytes, so that any split of the stream gives the same answer.
/// </summary>
internal struct EventBoundary
{
    public static readonly EventBoundary Start = new() { IsAt = true };

    private byte _last;
    private byte _before;

    /// <summary>True before the first byte and after each blank line: <c>\n\n</c>, <c>\r\r</c>, or the <c>\n\r\n</c> of CRLF lines.</summary>
    public bool IsAt { get; private set; }

    public void Sent(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        var last = bytes[^1];
        var before = bytes.Length > 1 ? bytes[^2] : _last;
        var third = bytes.Length > 2 ? bytes[^3] : bytes.Length > 1 ? _last : _before;
        IsAt = (last == (byte)'\n' && (before == (byte)'\n' || (before == (byte)'\r' && third == (byte)'\n')))
            || (last == (byte)'\r' && before == (byte)'\r');
        (_before, _last) = (before, last);
    }
}
