using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Reads JSON requests for what is not text alone: images, speech, documents; and for the search endpoint, which has no model.</summary>
internal static class OpenAiMediaRequests
{
    private const int LongestName = 64;

    private static readonly FieldTable _images = new(
        ("model", Field.Model), ("n", Field.Choices), ("size", Field.Size), ("quality", Field.Quality), ("resolution", Field.Resolution),
        ("stream", Field.Stream), ("user", Field.User), ("image", Field.Image), ("images", Field.Image), ("image_url", Field.ImageUrl),
        ("mask", Field.File), ("background", Field.Background), ("output_format", Field.OutputFormat),
        ("output_compression", Field.OutputCompression), ("partial_images", Field.PartialImages), ("moderation", Field.ModerationLevel),
        ("input_fidelity", Field.InputFidelity), ("service_tier", Field.ServiceTier));

    private static readonly FieldTable _speech = new(("model", Field.Model), ("input", Field.Input), ("user", Field.User));

    private static readonly FieldTable _transcription = new(("model", Field.Model), ("stream", Field.Stream), ("user", Field.User));

    private static readonly FieldTable _ocr = new(
        ("model", Field.Model), ("document", Field.Document), ("document_annotation_format", Field.DocumentAnnotation),
        ("bbox_annotation_format", Field.BoxAnnotation), ("service_tier", Field.ServiceTier));

    private static readonly FieldTable _search = new(("model", Field.Model), ("user", Field.User));

    public static bool Reads(string operation) => TableOf(operation) is not null;

    public static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, OpenAiRules rules)
    {
        var table = TableOf(match.Route.Operation)!;
        var fields = default(MediaFields);
        ulong seen = 0;
        while (walk.NextMember())
        {
            var field = walk.Take(table, ref seen, rules.RefusesFoldedNames);
            if (field == Field.Model && rules.IgnoresModelBesidePath && match.Model is not null)
                walk.Skip();
            else
                ReadMember(ref walk, draft, field, ref fields);
        }

        fields.Complete(draft, match, rules);
    }

    private static FieldTable? TableOf(string operation) => operation switch
    {
        Operations.Images => _images,
        Operations.Speech => _speech,
        Operations.Transcription or Operations.Translation => _transcription,
        Operations.Ocr => _ocr,
        Operations.Search => _search,
        _ => null,
    };

    private static void ReadMember(ref JsonWalk walk, RequestDraft draft, Field field, ref MediaFields fields)
    {
        switch (field)
        {
            case Field.Model:
                draft.ReadModel(ref walk);
                break;
            case Field.Choices:
                draft.ReadChoices(ref walk, "n");
                break;
            case Field.Size:
                fields.Size = walk.ReadString("size", LongestName) ?? fields.Size;
                break;
            case Field.Resolution:
                fields.Size ??= walk.ReadString("resolution", LongestName);
                break;
            case Field.Quality:
                fields.Quality = walk.ReadString("quality", LongestName);
                break;
            case Field.ServiceTier:
                draft.ReadServiceTier(ref walk, "service_tier");
                break;
            case Field.Stream:
                draft.Stream = walk.ReadBool("stream") ?? false;
                break;
            case Field.User:
                draft.ReadEndUser(ref walk);
                walk.Skip();
                break;
            case Field.Input:
                fields.Characters = CountCharacters(ref walk);
                break;
            case Field.Image or Field.ImageUrl or Field.File:
                draft.HideUnlessEmpty(ref walk, "image");
                break;
            case Field.Document:
                draft.HideUnlessEmpty(ref walk, "document");
                break;
            case Field.DocumentAnnotation or Field.BoxAnnotation:
                fields.HasAnnotations |= !walk.IsNull;
                walk.Skip();
                break;
            case Field.Background or Field.OutputFormat or Field.OutputCompression or Field.PartialImages or Field.ModerationLevel or Field.InputFidelity:
                fields.IsForGptImage |= !walk.IsNull;
                walk.Skip();
                break;
            default:
                walk.Skip();
                break;
        }
    }

    // OpenAI bills speech by the characters of the text: a pair of surrogates is one of them.
    private static long CountCharacters(ref JsonWalk walk)
    {
        if (walk.Token != JsonTokenType.String)
            throw RefusedBodyException.InvalidValue("input", "a string is expected");

        var characters = 0L;
        foreach (var unit in walk.ShortString(int.MaxValue)!)
            characters += char.IsLowSurrogate(unit) ? 0 : 1;
        return characters;
    }
}
