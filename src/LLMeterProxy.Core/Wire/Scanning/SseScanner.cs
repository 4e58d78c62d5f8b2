using System.Buffers;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// Cuts a server-sent event stream into events as its bytes arrive. An event that lies whole in one read is looked at in place;
/// one that is split is carried in a pooled buffer, and one of more than <see cref="MaxHeldEvent"/> bytes is handed on in parts,
/// so that memory is bounded whatever the stream does (T67). What an event means does not depend on how it was split: its length
/// alone decides which of the two ways it goes.
/// </summary>
internal sealed class SseScanner(ISseSink sink)
{
    /// <summary>The longest event that is looked at whole, in bytes with its blank line.</summary>
    public const int MaxHeldEvent = 64 * 1024;

    private byte[] _carry = [];
    private int _carried;
    private bool _inEvent;
    private bool _inComment;
    private bool _lineHasBytes;

    // A carriage return was the last byte: whether a line feed belongs to it is not known before the next.
    private bool _pendingReturn;
    private bool _isLong;
    private LongEventLines _longLines;

    /// <summary>The next byte's position in the body.</summary>
    public long Position { get; private set; }

    /// <summary>An event has begun and is not complete.</summary>
    public bool InEvent => _inEvent;

    /// <summary>Position of the first byte of the current event.</summary>
    public long EventStart { get; private set; }

    /// <summary>The current event is handed on in parts: <see cref="Partial"/> is empty.</summary>
    public bool IsLong => _isLong;

    /// <summary>What has come of the current event.</summary>
    public ReadOnlySpan<byte> Partial => _carry.AsSpan(0, _carried);

    /// <summary>Bytes of memory kept between calls.</summary>
    public int BufferedBytes => _carry.Length;

    /// <param name="position">Position in the body of the first byte that will be scanned.</param>
    public void Start(long position) => Position = position;

    /// <summary>Shows the next bytes of the stream.</summary>
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        var eventAt = 0;
        while (at < bytes.Length)
        {
            if (_pendingReturn)
            {
                _pendingReturn = false;
                at += bytes[at] == '\n' ? 1 : 0;
                EndLine(bytes, ref eventAt, at);
                continue;
            }

            if (!_lineHasBytes && !_inComment && bytes[at] is not ((byte)'\r' or (byte)'\n'))
            {
                BeginLine(bytes[at], at, ref eventAt);
            }

            var end = bytes[at..].IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                break;
            }

            at += end + 1;
            if (bytes[at - 1] == '\r')
            {
                if (at == bytes.Length)
                {
                    _pendingReturn = true;
                    break;
                }

                at += bytes[at] == '\n' ? 1 : 0;
            }

            EndLine(bytes, ref eventAt, at);
        }

        if (_inEvent)
        {
            Carry(bytes[eventAt..]);
        }

        Position += bytes.Length;
    }

    /// <summary>The stream ended: an event that lacks its blank line counts as complete.</summary>
    public void End()
    {
        _pendingReturn = false;
        if (_inEvent)
        {
            Dispatch([], Position);
        }

        Release();
    }

    /// <summary>Gives the buffer back; nothing may be scanned afterwards.</summary>
    public void Release()
    {
        if (_carry.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_carry);
        }

        _carry = [];
        _carried = 0;
        _inEvent = false;
    }

    private void BeginLine(byte first, int at, ref int eventAt)
    {
        if (first == ':' && !_inEvent)
        {
            // A keep-alive comment between events must not wait for the event that follows it.
            _inComment = true;
            return;
        }

        _lineHasBytes = true;
        if (!_inEvent)
        {
            _inEvent = true;
            EventStart = Position + at;
            eventAt = at;
        }
    }

    private void EndLine(ReadOnlySpan<byte> bytes, ref int eventAt, int at)
    {
        if (_inEvent && !_lineHasBytes)
        {
            Dispatch(bytes[eventAt..at], Position + at);
            eventAt = at;
        }

        _lineHasBytes = false;
        _inComment = false;
    }

    private void Dispatch(ReadOnlySpan<byte> last, long end)
    {
        if (!_isLong && _carried + last.Length > MaxHeldEvent)
        {
            BecomeLong();
        }

        if (_isLong)
        {
            _longLines.Scan(last, sink);
            _longLines.End(sink);
            _isLong = false;
            _inEvent = false;
            sink.OnLongEventEnd(EventStart, end);
            return;
        }

        _inEvent = false;
        if (_carried == 0)
        {
            sink.OnEvent(last, EventStart, end);
            return;
        }

        Append(last);
        var length = _carried;
        _carried = 0;
        sink.OnEvent(_carry.AsSpan(0, length), EventStart, end);
    }

    private void Carry(ReadOnlySpan<byte> part)
    {
        if (!_isLong && _carried + part.Length > MaxHeldEvent)
        {
            BecomeLong();
        }

        if (_isLong)
        {
            _longLines.Scan(part, sink);
        }
        else
        {
            Append(part);
        }
    }

    private void BecomeLong()
    {
        _isLong = true;
        _longLines = default;
        sink.OnLongEvent();
        _longLines.Scan(_carry.AsSpan(0, _carried), sink);
        _carried = 0;
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (_carried + part.Length > _carry.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(MaxHeldEvent, Math.Max(1024, 2 * (_carried + part.Length))));
            _carry.AsSpan(0, _carried).CopyTo(larger);
            if (_carry.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_carry);
            }

            _carry = larger;
        }

        part.CopyTo(_carry.AsSpan(_carried));
        _carried += part.Length;
    }
}
