using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>Finds parts that point to a file, and inline ones whose tokens their bytes do not bound.</summary>
internal static class GeminiContent
{
    private static readonly FieldTable _names = new(
        ("fileData", Field.FilePart), ("file_data", Field.FilePart), ("inlineData", Field.InlinePart), ("inline_data", Field.InlinePart));

    private static readonly FieldTable _blob = new(("mimeType", Field.MediaType), ("mime_type", Field.MediaType));

    public static void Scan(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var depth = walk.Depth;
        do
        {
            walk.Next();
            if (walk.Token != JsonTokenType.PropertyName)
                continue;

            var field = walk.Find(_names);
            if (field == Field.Unknown)
                continue;

            walk.Next();
            if (field == Field.FilePart && !walk.IsNull)
                draft.Hide("fileData");
            else if (field == Field.InlinePart && walk.Token == JsonTokenType.StartObject)
                ReadBlob(ref walk, draft);
        }
        while (walk.Depth > depth);
    }

    // Pages and frames are compressed: a still video of an hour, a thousand pages or a wall of flat pixels fit in kilobytes.
    private static void ReadBlob(ref JsonWalk walk, RequestDraft draft)
    {
        while (walk.NextMember())
        {
            var field = walk.Find(_blob);
            walk.Next();
            if (field == Field.MediaType
                && (walk.StringStartsWith("video/"u8) || walk.StringStartsWith("image/"u8) || walk.StringStartsWith("application/"u8)))
            {
                draft.Hide("inlineData");
            }

            walk.Skip();
        }
    }
}
