using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Ollama;

/// <summary>
/// Reads requests in Ollama's own format. Its JSON parser matches names without regard to case, so that other spellings of
/// what is read here are refused; chat and generate stream unless the body says <c>false</c>.
/// </summary>
internal static class OllamaRequests
{
    private static readonly FieldTable _fields = new(
        ("model", Field.Model), ("stream", Field.Stream), ("options", Field.GenerationConfig), ("messages", Field.Messages),
        ("images", Field.InlinePart));

    private static readonly FieldTable _message = new(("images", Field.InlinePart));

    private static readonly FieldTable _options = new(("num_predict", Field.MaxOutputTokens));

    private static readonly NestedLimit _outputLimit = new("options", "num_predict");

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(match, body, ReadMembers, 0);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, int rules)
    {
        var generates = match.Route.Operation is Operations.Chat or Operations.Completions;
        draft.Stream = generates;
        if (generates)
            _outputLimit.OfferObject(draft);

        ulong seen = 0;
        while (walk.NextMember())
            ReadMember(ref walk, draft, walk.Take(_fields, ref seen, refuseFolded: true), generates);
    }

    private static void ReadMember(ref JsonWalk walk, RequestDraft draft, Field field, bool generates)
    {
        switch (field)
        {
            case Field.Model:
                draft.ReadModel(ref walk);
                break;
            case Field.Stream:
                draft.Stream = generates && (walk.ReadBool("stream") ?? true);
                break;
            case Field.GenerationConfig when generates:
                ReadOptions(ref walk, draft);
                break;
            case Field.InlinePart:
                draft.HideUnlessEmpty(ref walk, "images");
                break;
            case Field.Messages:
                ReadMessages(ref walk, draft);
                break;
            default:
                walk.Skip();
                break;
        }
    }

    private static void ReadOptions(ref JsonWalk walk, RequestDraft draft)
    {
        if (!_outputLimit.Enter(ref walk, draft))
            return;

        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_options, ref seen, refuseFolded: true) != Field.MaxOutputTokens)
                walk.Skip();
            else if (walk.ReadInteger(_outputLimit.Path, -2, long.MaxValue) is null or > 0)
                draft.ReadOutputLimit(ref walk, _outputLimit.Path, replacesNull: true);
            else
                // 0 and below mean no limit.
                draft.OfferLimit(new BodySplice(walk.Start, walk.End - walk.Start, default), default);
        }
    }

    // Images are compressed: their bytes do not bound their tokens.
    private static void ReadMessages(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token != JsonTokenType.StartArray)
        {
            walk.Skip();
            return;
        }

        while (walk.NextElement())
        {
            if (walk.Token != JsonTokenType.StartObject)
            {
                walk.Skip();
                continue;
            }

            while (walk.NextMember())
            {
                var isImage = walk.Find(_message) == Field.InlinePart;
                walk.Next();
                if (isImage)
                    draft.HideUnlessEmpty(ref walk, "images");
                else
                    walk.Skip();
            }
        }
    }
}
