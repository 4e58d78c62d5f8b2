using System.Buffers.Binary;

namespace LLMeterProxy.Core.Wire.Bedrock.EventStream;

/// <summary>
/// The headers of a message: a byte of length and a name, a byte of type, a value whose length the type gives. The types are
/// those of Amazon's event stream specification, as in its SDKs.
/// </summary>
internal static class EventStreamHeaders
{
    private const byte ByteArray = 6;
    private const byte String = 7;

    /// <returns>False where the headers do not end where the prelude says.</returns>
    public static bool TryRead(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, out EventStreamMessage message)
    {
        ReadOnlySpan<byte> messageType = [];
        ReadOnlySpan<byte> eventType = [];
        message = default;
        while (!headers.IsEmpty)
        {
            if (!TryTake(ref headers, out var name, out var type, out var value))
            {
                return false;
            }

            if (type != String)
            {
                continue;
            }

            if (name.SequenceEqual(":message-type"u8))
            {
                messageType = value;
            }
            else if (name.SequenceEqual(":event-type"u8))
            {
                eventType = value;
            }
        }

        message = new EventStreamMessage { MessageType = messageType, EventType = eventType, Payload = payload };
        return true;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> headers, out ReadOnlySpan<byte> name, out byte type, out ReadOnlySpan<byte> value)
    {
        name = value = [];
        type = 0;
        var nameLength = headers[0];
        if (headers.Length < nameLength + 2)
        {
            return false;
        }

        name = headers.Slice(1, nameLength);
        type = headers[nameLength + 1];
        headers = headers[(nameLength + 2)..];
        var length = ValueLength(type, ref headers);
        if (length < 0 || length > headers.Length)
        {
            return false;
        }

        value = headers[..length];
        headers = headers[length..];
        return true;
    }

    /// <returns>-1 where the type is unknown or its length is cut off.</returns>
    private static int ValueLength(byte type, scoped ref ReadOnlySpan<byte> headers)
    {
        switch (type)
        {
            case 0 or 1: // true, false
                return 0;
            case 2: // byte
                return 1;
            case 3: // short
                return 2;
            case 4: // integer
                return 4;
            case 5 or 8: // long, timestamp
                return 8;
            case 9: // UUID
                return 16;
            case ByteArray or String when headers.Length >= 2:
                var length = BinaryPrimitives.ReadUInt16BigEndian(headers);
                headers = headers[2..];
                return length;
            default:
                return -1;
        }
    }
}
