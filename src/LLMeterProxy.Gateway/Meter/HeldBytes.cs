using System.Buffers;

namespace LLMeterProxy.Gateway.Meter;

/// <summary>
/// Bytes between upstream and client: first those that are ready to go, then those that wait for a verdict. Empty, and
/// without a buffer, for almost every chunk. Not thread-safe.
/// </summary>
internal struct HeldBytes
{
    private byte[]? _buffer;
    private int _start;
    private int _ready;
    private int _end;

    public readonly bool IsEmpty => _start == _end;

    public readonly int Ready => _ready - _start;

    public readonly int Waiting => _end - _ready;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length).Span);
        Commit(bytes.Length);
    }

    /// <summary>Room to read into; <see cref="Commit"/> says how much was used.</summary>
    public Memory<byte> Reserve(int size)
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(size);
        }
        else if (_buffer.Length - _end < size)
        {
            var length = _end - _start;
            var target = _buffer.Length - length >= size ? _buffer : ArrayPool<byte>.Shared.Rent(Math.Max(length + size, _buffer.Length * 2));
            _buffer.AsSpan(_start, length).CopyTo(target);
            if (target != _buffer)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = target;
            }

            _ready -= _start;
            _end = length;
            _start = 0;
        }

        return _buffer.AsMemory(_end);
    }

    public void Commit(int count) => _end += count;

    /// <summary>The last <paramref name="count"/> waiting bytes.</summary>
    public readonly ReadOnlySpan<byte> Last(int count) => _buffer.AsSpan(_end - count, count);

    /// <summary>Makes the first <paramref name="count"/> waiting bytes ready, less the dropped range within them.</summary>
    public void Release(int count, int dropStart, int dropLength)
    {
        if (dropLength > 0)
        {
            var from = _ready + dropStart;
            _buffer.AsSpan(from + dropLength, _end - from - dropLength).CopyTo(_buffer.AsSpan(from));
            _end -= dropLength;
            count = Math.Max(0, count - dropLength);
        }

        // The buffer is pooled: whatever a verdict says, bytes that did not come from this upstream never go out.
        _ready += Math.Min(count, Waiting);
    }

    public void ReleaseAll() => _ready = _end;

    /// <summary>Forgets the bytes that wait.</summary>
    public void DropWaiting() => _end = _ready;

    public int Take(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, Ready);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (IsEmpty)
        {
            Free();
        }

        return count;
    }

    public void Free()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        _start = _ready = _end = 0;
    }
}
