using System.Text;

namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>Reads the parts of a multipart body: what is sent as a file, and the texts beside it. Never throws.</summary>
internal static class FormReader
{
    private const int LongestText = 64 * 1024;

    /// <summary>True for a body that begins with a boundary.</summary>
    public static bool IsForm(ReadOnlySpan<byte> body) => body.StartsWith("--"u8) && body.IndexOf("\r\n"u8) is > 2 and < 200;

    /// <param name="prompts">Texts of fields that a model is shown.</param>
    /// <param name="media">Files of a known kind.</param>
    public static void Read(ReadOnlySpan<byte> body, List<string> prompts, List<Media> media)
    {
        var boundary = body[..body.IndexOf("\r\n"u8)];
        while (body.Length > boundary.Length + 2)
        {
            body = body[(boundary.Length + 2)..];
            var end = body.IndexOf(boundary);
            var part = end < 0 ? body : body[..Math.Max(0, end - 2)];
            body = end < 0 ? default : body[end..];
            var head = part.IndexOf("\r\n\r\n"u8);
            if (head >= 0)
            {
                ReadPart(part[..head], part[(head + 4)..], prompts, media);
            }
        }
    }

    private static void ReadPart(ReadOnlySpan<byte> head, ReadOnlySpan<byte> content, List<string> prompts, List<Media> media)
    {
        if (head.IndexOf("filename="u8) >= 0)
        {
            media.Add(InlineMedia.Of(content[..Math.Min(content.Length, ImageHeader.Needed)], content.Length, "audio/"u8));
        }
        else if (head.IndexOf("name=\"prompt\""u8) >= 0 && content.Length <= LongestText)
        {
            prompts.Add(Encoding.UTF8.GetString(content));
        }
    }
}
