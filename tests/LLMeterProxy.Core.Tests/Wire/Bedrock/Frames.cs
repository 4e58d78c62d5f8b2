using System.Buffers.Binary;
using System.Text;

namespace LLMeterProxy.Core.Tests.Wire.Bedrock;

/// <summary>
/// Writes event streams by the format's specification (Amazon Transcribe's developer guide, "Event stream encoding"; the AWS SDKs
/// have the same), with a checksum of its own bit by bit, so that writer and reader share nothing.
/// </summary>
internal static class Frames
{
    public static byte[] Event(string type, string payload, string messageType = "event") => Message(
        [.. Header(":message-type", messageType), .. Header(":event-type", type), .. Header(":content-type", "application/json")],
        Encoding.UTF8.GetBytes(payload));

    /// <summary>An InvokeModel chunk; <paramref name="padding"/> is the member that hides the length of the text.</summary>
    public static byte[] Chunk(string json, string padding = "abc") =>
        Event("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}}","p":"{{padding}}"}""");

    public static byte[] Exception(string type, string message) => Message(
        [.. Header(":message-type", "exception"), .. Header(":exception-type", type), .. Header(":content-type", "application/json")],
        Encoding.UTF8.GetBytes($$"""{"message":"{{message}}"}"""));

    public static byte[] Message(byte[] headers, byte[] payload)
    {
        var message = new byte[12 + headers.Length + payload.Length + 4];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)message.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), (uint)headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Checksum(message.AsSpan(0, 8)));
        headers.CopyTo(message, 12);
        payload.CopyTo(message, 12 + headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Checksum(message.AsSpan(0, message.Length - 4)));
        return message;
    }

    public static byte[] Header(string name, string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        return [.. Named(name, 7), (byte)(text.Length >> 8), (byte)text.Length, .. text];
    }

    /// <param name="value">With its length where the type has one.</param>
    public static byte[] Header(string name, byte type, params byte[] value) => [.. Named(name, type), .. value];

    private static byte[] Named(string name, byte type) => [(byte)name.Length, .. Encoding.UTF8.GetBytes(name), type];

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
