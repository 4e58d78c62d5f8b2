using System.Buffers.Binary;

namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>Reads how long a WAV or MP3 file plays from its beginning and its size; other formats by the usual rate. Never throws.</summary>
internal static class AudioHeader
{
    /// <summary>Bytes a second of compressed speech of unknown format: 128 kbit/s.</summary>
    private const double UsualRate = 16_000;

    /// <summary>Bytes a second of raw samples as the APIs take them: 16 bits at 24 kHz.</summary>
    private const double RawRate = 48_000;

    // ISO/IEC 11172-3 and 13818-3: kbit/s of layer III by the index of the frame header.
    private static ReadOnlySpan<short> Mpeg1Rates => [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];

    private static ReadOnlySpan<short> Mpeg2Rates => [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

    /// <param name="file">The beginning of the file.</param>
    /// <param name="size">Bytes of the whole file.</param>
    /// <returns>False where the bytes are no audio that is known.</returns>
    public static bool TryRead(ReadOnlySpan<byte> file, long size, out double seconds)
    {
        seconds = size / UsualRate;
        if (file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WAVE"u8))
        {
            seconds = size / WavRate(file);
            return true;
        }

        if (file.StartsWith("ID3"u8) || IsMp3Frame(file))
        {
            seconds = size / Mp3Rate(file);
            return true;
        }

        return file.StartsWith("OggS"u8) || file.StartsWith("fLaC"u8);
    }

    /// <summary>Samples without a header.</summary>
    public static double OfRawSamples(long size) => size / RawRate;

    private static double WavRate(ReadOnlySpan<byte> file)
    {
        var format = file.IndexOf("fmt "u8);
        var rate = format >= 0 && format + 20 <= file.Length ? BinaryPrimitives.ReadUInt32LittleEndian(file[(format + 16)..]) : 0;
        return rate is >= 1_000 and <= 1_000_000 ? rate : RawRate;
    }

    private static bool IsMp3Frame(ReadOnlySpan<byte> file) =>
        file.Length >= 4 && file[0] == 0xFF && (file[1] & 0xE6) is 0xE2 && (file[2] & 0xF0) is not (0xF0 or 0);

    private static double Mp3Rate(ReadOnlySpan<byte> file)
    {
        // Past the tag, whose size is in four groups of seven bits.
        var at = file.Length >= 10 && file.StartsWith("ID3"u8)
            ? 10 + ((file[6] & 0x7F) << 21 | (file[7] & 0x7F) << 14 | (file[8] & 0x7F) << 7 | (file[9] & 0x7F))
            : 0;
        for (; at >= 0 && at + 4 <= file.Length; at++)
        {
            if (IsMp3Frame(file[at..]))
            {
                var rates = (file[at + 1] & 0x18) == 0x18 ? Mpeg1Rates : Mpeg2Rates;
                return rates[file[at + 2] >> 4] * 1000 / 8.0;
            }
        }

        return UsualRate;
    }
}
