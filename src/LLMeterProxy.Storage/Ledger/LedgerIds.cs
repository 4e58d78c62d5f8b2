using System.Buffers.Binary;
using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>Ids as the ledger orders them: by their 16 big-endian bytes, which begin with their instant.</summary>
internal static class LedgerIds
{
    private const long MaxMilliseconds = (1L << 48) - 1;

    public static byte[] ToBlob(RequestId id) => id.Value.ToByteArray(bigEndian: true);

    public static RequestId FromBlob(ReadOnlySpan<byte> blob) => new(new Guid(blob, bigEndian: true));

    /// <summary>The smallest id of the first millisecond at or after an instant.</summary>
    public static RequestId LowestAt(DateTimeOffset instant)
    {
        var wholeMilliseconds = instant.ToUnixTimeMilliseconds();
        var milliseconds = instant > DateTimeOffset.FromUnixTimeMilliseconds(wholeMilliseconds) ? wholeMilliseconds + 1 : wholeMilliseconds;
        Span<byte> blob = stackalloc byte[16];
        blob.Clear();
        BinaryPrimitives.WriteInt64BigEndian(blob, Math.Clamp(milliseconds, 0, MaxMilliseconds) << 16);
        return FromBlob(blob);
    }
}
