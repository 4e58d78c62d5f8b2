using System.Text;
using CsCheck;
using LLMeterProxy.Gateway.Settle.Estimation;

namespace LLMeterProxy.Gateway.Tests.Settle.Estimation;

public sealed class MediaTests
{
    public static TheoryData<byte[], int, int> Pictures => new()
    {
        { Files.Png(1920, 1080), 1920, 1080 },
        { Files.Jpeg(4032, 3024), 4032, 3024 },
        { Files.Jpeg(640, 480, profile: 60_000), 640, 480 },
        { Files.Gif(320, 200), 320, 200 },
        { Files.WebP(1000, 70_000), 1000, 70_000 },
        { Files.WebPLossy(550, 368), 550, 368 },
        { Files.WebPLossless(386, 395), 386, 395 },
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_picture_tells_its_size_in_its_header(byte[] file, int width, int height)
    {
        Assert.True(InlineMedia.TryRead(Encoding.ASCII.GetBytes(Convert.ToBase64String(file)), out var bare));
        Assert.True(InlineMedia.TryRead(Encoding.ASCII.GetBytes("data:image/png;base64," + Convert.ToBase64String(file)), out var url));

        Assert.Equal((MediaKind.Image, width, height), (bare.Kind, bare.Width, bare.Height));
        Assert.Equal(bare, url);
    }

    [Fact]
    public void Sound_tells_its_length_by_its_header_and_its_size()
    {
        Assert.True(InlineMedia.TryRead(Base64(Files.Wav(16_000, 2.5)), out var wav));
        Assert.True(InlineMedia.TryRead(Base64(Files.Mp3(12)), out var mp3));

        Assert.Equal((MediaKind.Audio, MediaKind.Audio), (wav.Kind, mp3.Kind));
        Assert.Equal(2.5, wav.Seconds, 0.01);
        Assert.Equal(12, mp3.Seconds, 0.01);
    }

    [Theory]
    [InlineData("/Type /Page /Parent 2 0 R /Type /Page /Type /Pages", 2)]
    [InlineData("/Type/Page/Type/Pages", 1)]
    [InlineData("compressed", 1)]
    public void A_document_has_the_pages_that_can_be_counted(string content, int pages)
    {
        Assert.True(InlineMedia.TryRead(Base64(Encoding.ASCII.GetBytes("%PDF-1.7 " + content + new string(' ', 64))), out var document));
        Assert.Equal((MediaKind.Document, pages), (document.Kind, document.Pages));
    }

    [Theory]
    [InlineData("A sentence that is long enough to be looked at, and has blanks in it as sentences do.")]
    [InlineData("data:")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void Text_is_no_file(string text) => Assert.False(InlineMedia.TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Any_bytes_are_read_without_a_throw_and_give_sizes_that_make_sense() =>
        Gen.Select(Gen.Byte.Array[0, 400], OneOf("", "\u0089PNG", "GIF89a", "RIFF\0\0\0\0WEBPVP8 ", "RIFF\0\0\0\0WAVEfmt ", "\u00ff\u00d8\u00ff\u00e0", "ID3", "%PDF", "\0\0\0\0ftyp"))
            .Sample((bytes, start) =>
            {
                byte[] file = [.. Encoding.Latin1.GetBytes(start), .. bytes];
                InlineMedia.TryRead(Base64(file), out var media);
                InlineMedia.TryRead([.. "data:audio/x;base64,"u8, .. Base64(file)], out var url);
                Assert.All(new[] { media, url }, m => Assert.True(m.Width >= 0 && m.Height >= 0 && double.IsFinite(m.Seconds) && m.Seconds >= 0 && m.Pages >= 0));
            });

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static byte[] Base64(byte[] file) => Encoding.ASCII.GetBytes(Convert.ToBase64String(file));
}
