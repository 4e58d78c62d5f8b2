using System.Buffers.Binary;

namespace LLMeterProxy.Gateway.Tests.Settle.Estimation;

/// <summary>The beginnings of files, made from what their formats say.</summary>
internal static class Files
{
    public static byte[] Png(int width, int height)
    {
        var file = new byte[64];
        ((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R']).CopyTo(file);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        return file;
    }

    /// <param name="profile">Bytes of a colour profile before the frame.</param>
    public static byte[] Jpeg(int width, int height, int profile = 16)
    {
        List<byte> file = [0xFF, 0xD8, 0xFF, 0xE2];
        Add16(file, profile + 2);
        file.AddRange(new byte[profile]);
        file.AddRange([0xFF, 0xC0, 0, 17, 8]);
        Add16(file, height);
        Add16(file, width);
        file.AddRange(new byte[64]);
        return [.. file];
    }

    public static byte[] Gif(int width, int height) =>
        [.. "GIF89a"u8, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), .. new byte[64]];

    /// <summary>The extended form of WebP.</summary>
    public static byte[] WebP(int width, int height) =>
    [
        .. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0,
        (byte)(width - 1), (byte)((width - 1) >> 8), (byte)((width - 1) >> 16), (byte)(height - 1), (byte)((height - 1) >> 8), (byte)((height - 1) >> 16), .. new byte[64],
    ];

    public static byte[] WebPLossy(int width, int height) =>
    [
        .. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8 "u8, 0, 0, 0, 0, 0, 0, 0, 0x9D, 0x01, 0x2A, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), .. new byte[64],
    ];

    public static byte[] WebPLossless(int width, int height)
    {
        var bits = (uint)(width - 1) | ((uint)(height - 1) << 14);
        return [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8L"u8, 0, 0, 0, 0, 0x2F, (byte)bits, (byte)(bits >> 8), (byte)(bits >> 16), (byte)(bits >> 24), .. new byte[64]];
    }

    /// <summary>Silence of 16 bits at a rate.</summary>
    public static byte[] Wav(int rate, double seconds)
    {
        var samples = new byte[(int)(rate * 2 * seconds)];
        return [.. "RIFF"u8, .. Little(36 + samples.Length), .. "WAVEfmt "u8, .. Little(16), 1, 0, 1, 0, .. Little(rate), .. Little(rate * 2), 2, 0, 16, 0, .. "data"u8, .. Little(samples.Length), .. samples];
    }

    /// <summary>MPEG 1, layer III, 128 kbit/s at 44.1 kHz, behind a tag.</summary>
    public static byte[] Mp3(double seconds)
    {
        var file = new byte[(int)(16_000 * seconds)];
        ((ReadOnlySpan<byte>)[(byte)'I', (byte)'D', (byte)'3', 4, 0, 0, 0, 0, 0, 20]).CopyTo(file);
        ((ReadOnlySpan<byte>)[0xFF, 0xFB, 0x90, 0x00]).CopyTo(file.AsSpan(30));
        return file;
    }

    private static byte[] Little(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static void Add16(List<byte> file, int value) => file.AddRange([(byte)(value >> 8), (byte)value]);
}
