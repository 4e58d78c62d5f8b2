using System.Buffers.Binary;

namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>Reads width and height from the beginning of a PNG, JPEG, GIF or WebP file. Never throws.</summary>
internal static class ImageHeader
{
    /// <summary>How much of a file is looked at: a JPEG's size may stand after a colour profile and a preview.</summary>
    public const int Needed = 192 * 1024;

    /// <returns>False where the bytes are none of these formats.</returns>
    public static bool TryRead(ReadOnlySpan<byte> file, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
        {
            return Set(Big32(file, 16), Big32(file, 20), ref width, ref height);
        }

        if (file.StartsWith("GIF8"u8))
        {
            return Set(Little16(file, 6), Little16(file, 8), ref width, ref height);
        }

        if (file.StartsWith("RIFF"u8) && file.Length >= 16 && file[8..].StartsWith("WEBP"u8))
        {
            return ReadWebP(file, ref width, ref height);
        }

        return file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) && ReadJpeg(file, ref width, ref height);
    }

    private static bool ReadWebP(ReadOnlySpan<byte> file, ref int width, ref int height)
    {
        var kind = file[12..];
        if (kind.StartsWith("VP8X"u8))
        {
            return Set(Little24(file, 24) + 1, Little24(file, 27) + 1, ref width, ref height);
        }

        if (kind.StartsWith("VP8L"u8))
        {
            var bits = file.Length >= 25 ? BinaryPrimitives.ReadUInt32LittleEndian(file[21..]) : 0;
            return Set((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1, ref width, ref height);
        }

        return Set(Little16(file, 26) & 0x3FFF, Little16(file, 28) & 0x3FFF, ref width, ref height);
    }

    private static bool ReadJpeg(ReadOnlySpan<byte> file, ref int width, ref int height)
    {
        var at = 2;
        while (at + 9 < file.Length)
        {
            if (file[at] != 0xFF)
            {
                at++;
                continue;
            }

            var marker = file[at + 1];
            var isFrame = marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (isFrame)
            {
                return Set(Big16(file, at + 7), Big16(file, at + 5), ref width, ref height);
            }

            at += marker is 0xFF or 0x00 or (>= 0xD0 and <= 0xD9) ? 1 : 2 + Math.Max(2, Big16(file, at + 2));
        }

        // A JPEG all the same: its size is farther in than we look.
        return true;
    }

    private static bool Set(int w, int h, ref int width, ref int height)
    {
        (width, height) = w > 0 && h > 0 ? (w, h) : (0, 0);
        return true;
    }

    private static int Big16(ReadOnlySpan<byte> file, int at) => at + 2 <= file.Length ? BinaryPrimitives.ReadUInt16BigEndian(file[at..]) : 0;

    private static int Big32(ReadOnlySpan<byte> file, int at) => at + 4 <= file.Length ? BinaryPrimitives.ReadInt32BigEndian(file[at..]) : 0;

    private static int Little16(ReadOnlySpan<byte> file, int at) => at + 2 <= file.Length ? BinaryPrimitives.ReadUInt16LittleEndian(file[at..]) : 0;

    private static int Little24(ReadOnlySpan<byte> file, int at) => at + 3 <= file.Length ? file[at] | (file[at + 1] << 8) | (file[at + 2] << 16) : 0;
}
