using System.Buffers.Binary;

namespace LLMeterProxy.Core.Ids;

/// <summary>
/// The id of a call (parent) or of one of its attempts: a UUIDv7 whose last byte is the attempt number.
/// A parent ends in 00, its first attempt in 01. So a call and its attempts share their first 15 bytes,
/// sort together, and share the reservation instant that the UUIDv7 carries in milliseconds.
/// </summary>
public readonly record struct RequestId(Guid Value) : IComparable<RequestId>
{
    /// <summary>The highest attempt number of one call.</summary>
    public const int MaxAttempt = 255;

    /// <summary>0 for the call itself, 1 and up for its attempts.</summary>
    public int AttemptNumber
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return bytes[15];
        }
    }

    /// <summary>The call that this attempt belongs to; the id itself for a call.</summary>
    public RequestId Parent => WithLastByte(0);

    /// <summary>The reservation instant, UTC, to the millisecond.</summary>
    public DateTimeOffset OccurredAt
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
        }
    }

    public static bool TryParse(string? text, out RequestId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var guid);
        id = new RequestId(guid);
        return ok;
    }

    /// <summary>The id of attempt <paramref name="number"/>, 1 to <see cref="MaxAttempt"/>, of this call.</summary>
    public RequestId Attempt(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, MaxAttempt);
        return WithLastByte((byte)number);
    }

    /// <summary>Orders as the database does: by the big-endian bytes, hence by time.</summary>
    public int CompareTo(RequestId other)
    {
        Span<byte> mine = stackalloc byte[16];
        Span<byte> theirs = stackalloc byte[16];
        Value.TryWriteBytes(mine, bigEndian: true, out _);
        other.Value.TryWriteBytes(theirs, bigEndian: true, out _);
        return mine.SequenceCompareTo(theirs);
    }

    public override string ToString() => Value.ToString("D");

    private RequestId WithLastByte(byte last)
    {
        Span<byte> bytes = stackalloc byte[16];
        Value.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[15] = last;
        return new RequestId(new Guid(bytes, bigEndian: true));
    }
}
