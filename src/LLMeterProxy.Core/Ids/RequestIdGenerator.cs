using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LLMeterProxy.Core.Ids;

/// <summary>Makes parent request ids: UUIDv7 of the current instant, 66 random bits, last byte 0. Thread-safe.</summary>
public sealed class RequestIdGenerator(TimeProvider time)
{
    // One system call per request would be the dearest line of Identify, so random bytes are drawn in blocks.
    private const int BlockSize = 1024;

    [ThreadStatic]
    private static byte[]? _block;

    [ThreadStatic]
    private static int _used;

    /// <summary>A new parent id; its <see cref="RequestId.OccurredAt"/> is now.</summary>
    public RequestId Next() => At(time.GetUtcNow());

    /// <summary>A new parent id for a given instant, used for corrections and imported events.</summary>
    public static RequestId At(DateTimeOffset instant)
    {
        Span<byte> id = stackalloc byte[16];
        Draw(id[6..]);
        Span<byte> stamp = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(stamp, instant.ToUnixTimeMilliseconds() << 16);
        stamp[..6].CopyTo(id);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        id[15] = 0;
        return new RequestId(new Guid(id, bigEndian: true));
    }

    private static void Draw(Span<byte> destination)
    {
        var block = _block ??= new byte[BlockSize];
        if (_used == 0 || _used + destination.Length > BlockSize)
        {
            RandomNumberGenerator.Fill(block);
            _used = 0;
        }

        block.AsSpan(_used, destination.Length).CopyTo(destination);
        _used += destination.Length;
    }
}
