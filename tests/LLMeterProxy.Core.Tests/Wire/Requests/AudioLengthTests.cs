using System.Buffers.Binary;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class AudioLengthTests
{
    [Theory]
    [InlineData(16_000, 48_000, 3)]
    [InlineData(8_000, 4_000, 0.5)]
    [InlineData(176_400, 0, 0)]
    public void A_WAV_file_states_its_length(int bytesPerSecond, int bytes, double seconds)
    {
        Assert.Equal((decimal)seconds, AudioLength.Seconds(Wav(bytesPerSecond, bytes, bytes)));
    }

    // A recorder that writes to a pipe does not know the length and writes the largest.
    [Fact]
    public void A_WAV_file_that_claims_more_than_it_has_is_as_long_as_what_it_has() =>
        Assert.Equal(2, AudioLength.Seconds(Wav(1000, 2000, uint.MaxValue)));

    [Theory]
    // MPEG-1 layer III at 128 kbit/s, and MPEG-2 at 32 kbit/s.
    [InlineData(0xFB, 0x90, 16_000)]
    [InlineData(0xF3, 0x40, 4_000)]
    public void An_MP3_file_is_measured_by_the_rate_of_its_first_frame(byte version, byte rate, int bytesPerSecond)
    {
        var sound = new byte[bytesPerSecond * 2];
        (sound[0], sound[1], sound[2]) = (0xFF, version, rate);
        Assert.Equal(2, AudioLength.Seconds(sound));

        byte[] tagged = [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 10, .. new byte[10], .. sound];
        Assert.InRange(AudioLength.Seconds(tagged), 2m, 2.01m);
    }

    [Fact]
    public void Any_other_sound_is_taken_for_slow_speech()
    {
        Assert.Equal(0, AudioLength.Seconds([]));
        Assert.Equal(10, AudioLength.Seconds(new byte[40_000]));
        Assert.Equal(10, AudioLength.Seconds([.. "OggS"u8, .. new byte[39_996]]));
    }

    [Fact]
    public void Headers_that_lie_are_survived()
    {
        for (var length = 0; length < 60; length++)
            Assert.True(AudioLength.Seconds(Wav(0, 100, 100).AsSpan(0, length)) >= 0);
        var odd = Wav(1000, 100, 100);
        BinaryPrimitives.WriteUInt32LittleEndian(odd.AsSpan(16), uint.MaxValue);
        Assert.True(AudioLength.Seconds(odd) >= 0);
        Assert.True(AudioLength.Seconds([.. "ID3"u8, 4, 0, 0, 0x7F, 0x7F, 0x7F, 0x7F, 0]) >= 0);
    }

    // RIFF, one format chunk of 16 bytes, one of data.
    private static byte[] Wav(int bytesPerSecond, int bytes, uint claimed)
    {
        var wav = new byte[44 + bytes];
        "RIFF"u8.CopyTo(wav);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), bytesPerSecond);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(40), claimed);
        return wav;
    }

    private static byte[] Wav(int bytesPerSecond, int bytes, int claimed) => Wav(bytesPerSecond, bytes, (uint)claimed);
}
