using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>Ids as the file has them: 16 big-endian bytes, so that their order is that of time.</summary>
internal static class SqliteId
{
    private const long MaxMilliseconds = (1L << 48) - 1;

    public static byte[] ToBlob(RequestId id) => id.Value.ToByteArray(bigEndian: true);

    public static RequestId FromBlob(byte[] blob) => new(new Guid(blob, bigEndian: true));

    /// <summary>The smallest id of the first millisecond at or after an instant.</summary>
    public static byte[] LowestAt(DateTimeOffset instant)
    {
        var wholeMilliseconds = instant.ToUnixTimeMilliseconds();
        var milliseconds = instant > DateTimeOffset.FromUnixTimeMilliseconds(wholeMilliseconds) ? wholeMilliseconds + 1 : wholeMilliseconds;
        milliseconds = Math.Clamp(milliseconds, 0, MaxMilliseconds);
        var blob = new byte[16];
        for (var i = 0; i < 6; i++)
        {
            blob[i] = (byte)(milliseconds >> (40 - (8 * i)));
        }

        return blob;
    }
}
