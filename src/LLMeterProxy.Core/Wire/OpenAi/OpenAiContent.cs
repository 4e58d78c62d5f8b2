using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// Finds input that the body only points to, at any depth of the messages: what a URL, a file or an item id stands for is
/// no part of the bytes. An inline file counts too: it is compressed, and a few kilobytes can be a thousand pages.
/// </summary>
internal static class OpenAiContent
{
    private static readonly FieldTable _names = new(
        ("type", Field.Type), ("image_url", Field.ImageUrl), ("file_url", Field.FileUrl), ("file_id", Field.FileId),
        ("file_data", Field.FilePart), ("video_url", Field.MediaUrl), ("audio_url", Field.MediaUrl), ("audio", Field.Audio),
        ("cached_content", Field.CachedContent));

    private static readonly FieldTable _reference = new(("url", Field.Url), ("id", Field.Id));

    public static void Scan(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var depth = walk.Depth;
        do
        {
            walk.Next();
            if (walk.Token == JsonTokenType.PropertyName)
                Note(ref walk, draft);
        }
        while (walk.Depth > depth);
    }

    private static void Note(ref JsonWalk walk, RequestDraft draft)
    {
        var field = walk.Find(_names);
        if (field == Field.Unknown)
            return;

        walk.Next();
        switch (field)
        {
            case Field.Type when walk.IsString("item_reference"u8):
                draft.Hide("item_reference");
                break;
            case Field.ImageUrl:
                ReadReference(ref walk, draft, Field.Url, "image_url");
                break;
            case Field.MediaUrl:
                ReadReference(ref walk, draft, Field.Url, "media_url");
                break;
            case Field.Audio:
                if (walk.Token == JsonTokenType.StartObject)
                    ReadReference(ref walk, draft, Field.Id, "audio.id");
                break;
            case Field.FileUrl when walk.IsFilledString:
                draft.Hide("file_url");
                break;
            case Field.FileId when walk.IsFilledString:
                draft.Hide("file_id");
                break;
            case Field.FilePart when walk.IsFilledString:
                draft.Hide("file_data");
                break;
            case Field.CachedContent when walk.IsFilledString:
                draft.Hide("cached_content");
                break;
        }
    }

    private static void ReadReference(ref JsonWalk walk, RequestDraft draft, Field member, string name)
    {
        if (walk.Token != JsonTokenType.StartObject)
        {
            Refer(ref walk, draft, name);
            return;
        }

        while (walk.NextMember())
        {
            var found = walk.Find(_reference);
            walk.Next();
            if (found == member)
                Refer(ref walk, draft, name);
            walk.Skip();
        }
    }

    // An inline image counts as hidden too: a flat one of a few hundred bytes can be thousands of tokens.
    private static void Refer(ref JsonWalk walk, RequestDraft draft, string name)
    {
        if (walk.IsFilledString)
            draft.Hide(name);
    }
}
