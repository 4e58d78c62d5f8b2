using System.Buffers.Binary;

namespace LLMeterProxy.Core.Wire.Requests;

/// <summary>
/// How long a sound is, from its first bytes: exact for WAV, by the first frame's rate for MP3, and for anything else by its size
/// at a rate below what people record speech at, so that it is rather too long than too short.
/// </summary>
internal static class AudioLength
{
    // 32 kbit a second: Opus and AAC speech is rarely recorded at less.
    private const int AssumedBytesPerSecond = 4000;

    // MPEG-1 layer III, in kbit a second, by the four bits of the frame header (ISO 11172-3); MPEG-2 layer III below.
    private static readonly int[] _rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    private static readonly int[] _lowRates = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

    /// <returns>Seconds, rounded to thousandths; 0 for no bytes.</returns>
    public static decimal Seconds(ReadOnlySpan<byte> sound)
    {
        if (sound.Length >= 44 && sound.StartsWith("RIFF"u8) && sound[8..].StartsWith("WAVE"u8) && WavSeconds(sound) is { } exact)
            return exact;

        var rate = Mp3BytesPerSecond(sound);
        return decimal.Round((decimal)sound.Length / (rate > 0 ? rate : AssumedBytesPerSecond), 3);
    }

    private static decimal? WavSeconds(ReadOnlySpan<byte> sound)
    {
        var bytesPerSecond = 0u;
        for (var at = 12; at + 8 <= sound.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(sound[(at + 4)..]);
            if (sound[at..].StartsWith("fmt "u8) && at + 20 <= sound.Length)
                bytesPerSecond = BinaryPrimitives.ReadUInt32LittleEndian(sound[(at + 16)..]);
            if (sound[at..].StartsWith("data"u8))
            {
                // A recorder that streams its file writes a length that is not true.
                var present = Math.Min(length, (uint)(sound.Length - at - 8));
                return bytesPerSecond == 0 ? null : decimal.Round((decimal)present / bytesPerSecond, 3);
            }

            if (length > int.MaxValue - at - 16)
                return null;
            at += 8 + (int)length + (int)(length & 1);
        }

        return null;
    }

    private static int Mp3BytesPerSecond(ReadOnlySpan<byte> sound)
    {
        if (sound.StartsWith("ID3"u8) && sound.Length > 10)
        {
            var tag = 10 + ((sound[6] & 127) << 21 | (sound[7] & 127) << 14 | (sound[8] & 127) << 7 | sound[9] & 127);
            sound = tag < sound.Length ? sound[tag..] : default;
        }

        // Eleven set bits, then version and layer: only layer III is MP3.
        if (sound.Length < 4 || sound[0] != 0xFF || (sound[1] & 0xE6) != 0xE2)
            return 0;
        var isFirstVersion = (sound[1] & 0x18) == 0x18;
        return (isFirstVersion ? _rates : _lowRates)[sound[2] >> 4] * 125;
    }
}
