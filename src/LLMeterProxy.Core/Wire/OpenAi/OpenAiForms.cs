using System.Text;
using LLMeterProxy.Core.Wire.Requests;
using LLMeterProxy.Core.Wire.Requests.Multipart;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Reads form uploads: sound to transcribe, images to edit. The same members as in JSON, under the same rules (T56).</summary>
internal static class OpenAiForms
{
    private const int LongestValue = 4096;

    private static readonly FieldTable _fields = new(
        ("model", Field.Model), ("n", Field.Choices), ("size", Field.Size), ("quality", Field.Quality), ("stream", Field.Stream),
        ("user", Field.User), ("background", Field.Background), ("output_format", Field.OutputFormat),
        ("output_compression", Field.OutputCompression), ("partial_images", Field.PartialImages), ("moderation", Field.ModerationLevel),
        ("input_fidelity", Field.InputFidelity), ("file_url", Field.FileUrl), ("file_id", Field.FileId), ("url", Field.Url));

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body, string? contentType, OpenAiRules rules)
    {
        try
        {
            var parts = new MultipartBody(body, contentType);
            var draft = new RequestDraft { Model = match.Model };
            var fields = default(MediaFields);
            ulong seen = 0;
            while (parts.MoveNext())
                ReadPart(parts.Current, parts.ContentOf(body), draft, match, rules, ref fields, ref seen);

            fields.Complete(draft, match, rules);
            return draft.Build(match.Route);
        }
        catch (RefusedBodyException refused)
        {
            return refused.Problem;
        }
    }

    private static void ReadPart(
        in MultipartPart part, ReadOnlySpan<byte> content, RequestDraft draft, RouteMatch match, OpenAiRules rules, ref MediaFields fields, ref ulong seen)
    {
        var name = Encoding.UTF8.GetBytes(part.Name);
        var field = _fields.Find(name, out var position);
        if (field == Field.Unknown)
        {
            if (rules.RefusesFoldedNames && _fields.IsFoldedName(name))
                throw RefusedBodyException.InvalidValue(part.Name, "the name is not known in this spelling");
            if (part.IsFile)
                TakeFile(part, content, draft, ref fields);
            return;
        }

        if ((seen & (1UL << position)) != 0)
            throw RefusedBodyException.Duplicate(part.Name);
        seen |= 1UL << position;
        // Frameworks differ in whether a part with a file name is a field.
        if (part.IsFile)
            throw RefusedBodyException.InvalidValue(part.Name, "a field and no file is expected");
        if (!(field == Field.Model && rules.IgnoresModelBesidePath && match.Model is not null))
            TakeField(field, part.Name, TextOf(part.Name, content), draft, ref fields);
    }

    private static void TakeField(Field field, string name, string text, RequestDraft draft, ref MediaFields fields)
    {
        switch (field)
        {
            case Field.Model when text.Length > 0:
                draft.TakeModel(text);
                break;
            case Field.Choices:
                draft.TakeChoices(text, name);
                break;
            case Field.Size:
                fields.Size = text;
                break;
            case Field.Quality:
                fields.Quality = text;
                break;
            case Field.Stream:
                draft.Stream = Flag(text);
                break;
            case Field.User:
                draft.TakeEndUser(text);
                break;
            case Field.FileUrl or Field.FileId or Field.Url when text.Length > 0:
                draft.Hide(name);
                break;
            case Field.Background or Field.OutputFormat or Field.OutputCompression or Field.PartialImages or Field.ModerationLevel or Field.InputFidelity:
                fields.IsForGptImage = true;
                break;
        }
    }

    private static void TakeFile(in MultipartPart part, ReadOnlySpan<byte> content, RequestDraft draft, ref MediaFields fields)
    {
        draft.AddUpload(new UploadedFile(part.Name, part.Start, part.Length));
        fields.Seconds += AudioLength.Seconds(content);
    }

    private static string TextOf(string name, ReadOnlySpan<byte> content)
    {
        if (content.Length > LongestValue)
            throw RefusedBodyException.InvalidValue(name, $"at most {LongestValue} bytes are allowed");
        if (!System.Text.Unicode.Utf8.IsValid(content))
            throw RefusedBodyException.InvalidValue(name, "UTF-8 is expected");
        return Encoding.UTF8.GetString(content);
    }

    // Clients write their language's own word for it.
    private static bool Flag(string text) => text switch
    {
        "true" or "True" or "1" => true,
        "false" or "False" or "0" or "" => false,
        _ => throw RefusedBodyException.InvalidValue("stream", "true or false is expected"),
    };
}
