using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Finds input that the body only points to, in sources of images and documents at any depth.</summary>
internal static class AnthropicContent
{
    private static readonly FieldTable _names = new(("source", Field.Source), ("file_id", Field.FileId));

    private static readonly FieldTable _source = new(
        ("type", Field.Type), ("file_id", Field.FileId), ("media_type", Field.MediaType));

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
            if (field == Field.FileId && walk.IsFilledString)
                draft.Hide("file_id");
            else if (field == Field.Source && walk.Token == JsonTokenType.StartObject)
                ReadSource(ref walk, draft);
        }
        while (walk.Depth > depth);
    }

    private static void ReadSource(ref JsonWalk walk, RequestDraft draft)
    {
        while (walk.NextMember())
        {
            var field = walk.Find(_source);
            walk.Next();
            if (field == Field.Type && walk.IsString("url"u8))
                draft.Hide("source.url");
            else if (field == Field.FileId && walk.IsFilledString)
                draft.Hide("file_id");
            // A few kilobytes of compressed pages or pixels can be a context full of tokens.
            else if (field == Field.MediaType && (walk.IsString("application/pdf"u8) || walk.StringStartsWith("image/"u8)))
                draft.Hide("source.data");

            // The blocks of a source of type content have sources of their own.
            Scan(ref walk, draft);
        }
    }
}
