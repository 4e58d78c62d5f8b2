using System.Buffers.Binary;
using System.Text;

namespace LLMeterProxy.Simulator.Wire;

/// <summary>
/// One frame of <c>application/vnd.amazon.eventstream</c>: total length, header length and their CRC, string headers,
/// payload, CRC of all before it; numbers big-endian. The layout is in AWS's documentation of event stream encoding.
/// </summary>
internal static class EventStreamFrame
{
    private const int PreludeLength = 12;
    private const byte StringType = 7;

    /// <summary>Wraps what was written since the last <see cref="BodyWriter.Clear"/> as an event of that type.</summary>
    public static void WrapEvent(BodyWriter writer, string type) =>
        Wrap(writer, [(":event-type", type), (":content-type", "application/json"), (":message-type", "event")]);

    /// <summary>Wraps what was written since the last <see cref="BodyWriter.Clear"/> as an exception of that type.</summary>
    public static void WrapException(BodyWriter writer, string type) =>
        Wrap(writer, [(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")]);

    private static void Wrap(BodyWriter writer, ReadOnlySpan<(string Name, string Value)> headers)
    {
        var headerLength = 0;
        foreach (var (name, value) in headers)
            headerLength += 1 + name.Length + 1 + 2 + value.Length;
        var payload = writer.Written.Span;
        var frame = new byte[PreludeLength + headerLength + payload.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), headerLength);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc32.Of(frame.AsSpan(0, 8)));
        var rest = frame.AsSpan(PreludeLength);
        foreach (var (name, value) in headers)
        {
            rest[0] = (byte)name.Length;
            rest = rest[(1 + Encoding.ASCII.GetBytes(name, rest[1..]))..];
            rest[0] = StringType;
            BinaryPrimitives.WriteInt16BigEndian(rest[1..], (short)value.Length);
            rest = rest[(3 + Encoding.ASCII.GetBytes(value, rest[3..]))..];
        }

        payload.CopyTo(rest);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc32.Of(frame.AsSpan(0, frame.Length - 4)));
        writer.Clear();
        writer.Write(frame);
    }
}
