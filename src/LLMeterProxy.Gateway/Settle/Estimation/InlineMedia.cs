using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>Tells what a base64 text in a request is, by the beginning of its bytes rather than by what it says of itself.</summary>
internal static class InlineMedia
{
    private const int ShortestFile = 64;

    /// <summary>Bytes of a PDF for a page where the pages cannot be counted because they are compressed.</summary>
    private const int BytesPerPage = 40_000;

    private static readonly SearchValues<byte> _base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"u8);

    /// <summary>A <c>data:</c> URL, or base64 alone that begins like a file that is known.</summary>
    /// <param name="text">The JSON string's bytes.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out Media media)
    {
        media = default;
        var comma = text.StartsWith("data:"u8) ? text.IndexOf((byte)',') : -1;
        var base64 = text[(comma + 1)..];
        if (base64.Length < ShortestFile || base64[..ShortestFile].ContainsAnyExcept(_base64))
        {
            // A data URL is never prose, whatever is in it.
            return comma >= 0;
        }

        var length = Math.Min(base64.Length / 4, ImageHeader.Needed / 3);
        var head = new byte[length * 3];
        Base64.DecodeFromUtf8(base64[..(length * 4)], head, out _, out var written, isFinalBlock: length * 4 == base64.Length);
        media = Of(head.AsSpan(0, written), base64.Length / 4 * 3L, comma > 5 ? text[5..comma] : default);
        return comma >= 0 || media.Kind != MediaKind.Unknown;
    }

    /// <param name="head">The beginning of the file.</param>
    /// <param name="size">Bytes of the whole.</param>
    /// <param name="statedType">For what is not known by its beginning.</param>
    public static Media Of(ReadOnlySpan<byte> head, long size, ReadOnlySpan<byte> statedType)
    {
        if (ImageHeader.TryRead(head, out var width, out var height))
        {
            return new Media(MediaKind.Image) { Width = width, Height = height, Bytes = size };
        }

        if (AudioHeader.TryRead(head, size, out var seconds))
        {
            return new Media(MediaKind.Audio) { Seconds = seconds, Bytes = size };
        }

        if (head.StartsWith("%PDF"u8))
        {
            return new Media(MediaKind.Document) { Pages = Pages(head, size), Bytes = size };
        }

        var isVideo = head.Length > 8 && head[4..].StartsWith("ftyp"u8);
        return new Media(isVideo ? MediaKind.Video : KindOf(Encoding.ASCII.GetString(statedType)))
        {
            Seconds = AudioHeader.OfRawSamples(size),
            Bytes = size,
        };
    }

    private static int Pages(ReadOnlySpan<byte> head, long size)
    {
        var pages = Count(head, "/Type /Page"u8) + Count(head, "/Type/Page"u8);
        return pages > 0 ? pages : (int)Math.Clamp((size + BytesPerPage - 1) / BytesPerPage, 1, 10_000);
    }

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        var count = 0;
        for (var at = text.IndexOf(name); at >= 0; at = text.IndexOf(name))
        {
            text = text[(at + name.Length)..];

            // The tree of pages is called /Pages.
            count += text.StartsWith("s"u8) ? 0 : 1;
        }

        return count;
    }

    private static MediaKind KindOf(string type) =>
        type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) ? MediaKind.Image
        : type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) ? MediaKind.Audio
        : type.StartsWith("video/", StringComparison.OrdinalIgnoreCase) ? MediaKind.Video
        : MediaKind.Unknown;
}
