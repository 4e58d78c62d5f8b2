using System.Buffers.Binary;
using System.IO.Hashing;

namespace LLMeterProxy.Core.Wire.Bedrock.EventStream;

/// <summary>
/// Cuts a body of type <c>application/vnd.amazon.eventstream</c> into its messages as the bytes arrive, at any split. A message
/// is: total length, length of the headers, CRC-32 of these eight bytes; headers; payload; CRC-32 of all before. One that lies
/// whole in one read is looked at in place. A longer one than <see cref="MaxHeldMessage"/> is counted through and verified but
/// not kept, so that memory is bounded whatever the stream does. After a wrong checksum nothing more is read: whoever damaged
/// the stream, what follows cannot be told from noise.
/// </summary>
internal sealed class EventStreamDecoder(IEventStreamSink sink)
{
    /// <summary>The longest message that is looked at, in bytes. Text comes a few tokens a message, and metadata is small.</summary>
    public const int MaxHeldMessage = 256 * 1024;

    private const int PreludeLength = 12;
    private const int ChecksumLength = 4;
    private const int ShortestMessage = PreludeLength + ChecksumLength;

    private readonly Crc32 _checksum = new();
    private byte[] _held = [];
    private int _heldLength;

    // Of the message that is counted through: what is still to come, its own checksum included; 0 outside of one.
    private long _toSkip;
    private uint _trailer;

    /// <summary>Why nothing more is read; the bytes pass all the same.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>A message was too long to be looked at.</summary>
    public bool HasUnread { get; private set; }

    /// <summary>No message is incomplete.</summary>
    public bool IsAtBoundary => _heldLength == 0 && _toSkip == 0;

    /// <summary>Bytes of memory kept between calls.</summary>
    public int BufferedBytes => _held.Length;

    /// <summary>Shows the next bytes of the body.</summary>
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        while (!IsBroken && !bytes.IsEmpty)
        {
            bytes = _toSkip > 0 ? SkipOn(bytes) : _heldLength > 0 ? CompleteHeld(bytes) : ScanWhole(bytes);
        }
    }

    /// <summary>At a boundary: takes a message in place, or begins to hold or to skip it.</summary>
    private ReadOnlySpan<byte> ScanWhole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PreludeLength)
        {
            Hold(bytes, PreludeLength);
            return [];
        }

        if (!TryReadPrelude(bytes, out var total))
        {
            return [];
        }

        if (total > MaxHeldMessage)
        {
            BeginSkip(total);
            return bytes;
        }

        if (bytes.Length < total)
        {
            Hold(bytes, (int)total);
            return [];
        }

        TakeMessage(bytes[..(int)total]);
        return bytes[(int)total..];
    }

    private ReadOnlySpan<byte> CompleteHeld(ReadOnlySpan<byte> bytes)
    {
        if (_heldLength < PreludeLength)
        {
            var missing = Math.Min(PreludeLength - _heldLength, bytes.Length);
            Hold(bytes[..missing], PreludeLength);
            return bytes[missing..];
        }

        if (!TryReadPrelude(_held, out var total))
        {
            return [];
        }

        if (total > MaxHeldMessage)
        {
            BeginSkip(total);
            SkipOn(_held.AsSpan(0, _heldLength));
            _heldLength = 0;
            return bytes;
        }

        var part = (int)Math.Min(total - _heldLength, bytes.Length);
        Hold(bytes[..part], (int)total);
        if (_heldLength == total)
        {
            _heldLength = 0;
            TakeMessage(_held.AsSpan(0, (int)total));
        }

        return bytes[part..];
    }

    private void Hold(ReadOnlySpan<byte> bytes, int room)
    {
        if (_held.Length < room)
        {
            Array.Resize(ref _held, Math.Max(room, Math.Min(MaxHeldMessage, Math.Max(1024, 2 * _held.Length))));
        }

        bytes.CopyTo(_held.AsSpan(_heldLength));
        _heldLength += bytes.Length;
    }

    private void BeginSkip(uint total)
    {
        HasUnread = true;
        _toSkip = total;
        _checksum.Reset();
    }

    private ReadOnlySpan<byte> SkipOn(ReadOnlySpan<byte> bytes)
    {
        var covered = (int)Math.Min(Math.Max(0, _toSkip - ChecksumLength), bytes.Length);
        _checksum.Append(bytes[..covered]);
        _toSkip -= covered;
        bytes = bytes[covered..];

        // The checksum may be split too.
        while (!bytes.IsEmpty && _toSkip is > 0 and <= ChecksumLength)
        {
            _trailer = (_trailer << 8) | bytes[0];
            bytes = bytes[1..];
            if (--_toSkip == 0 && _trailer != _checksum.GetCurrentHashAsUInt32())
            {
                IsBroken = true;
            }
        }

        return bytes;
    }

    private bool TryReadPrelude(ReadOnlySpan<byte> message, out uint total)
    {
        total = BinaryPrimitives.ReadUInt32BigEndian(message);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        IsBroken = Crc32.HashToUInt32(message[..8]) != BinaryPrimitives.ReadUInt32BigEndian(message[8..])
            || total < ShortestMessage
            || headers > total - ShortestMessage;
        return !IsBroken;
    }

    private void TakeMessage(ReadOnlySpan<byte> message)
    {
        var headersEnd = PreludeLength + (int)BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        var payloadEnd = message.Length - ChecksumLength;
        if (Crc32.HashToUInt32(message[..payloadEnd]) != BinaryPrimitives.ReadUInt32BigEndian(message[payloadEnd..])
            || !EventStreamHeaders.TryRead(message[PreludeLength..headersEnd], message[headersEnd..payloadEnd], out var read))
        {
            IsBroken = true;
            return;
        }

        sink.OnMessage(read);
    }
}
