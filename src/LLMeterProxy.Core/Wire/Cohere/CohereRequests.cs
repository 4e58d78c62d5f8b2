using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Cohere;

/// <summary>Reads requests of both versions of Cohere's API.</summary>
internal static class CohereRequests
{
    // A document of more than 500 tokens counts as several, and a token has at least one byte; half of it may be the query.
    private const int LeastBytesOfChunk = 250;

    private const int DocumentsOfSearchUnit = 100;

    private static readonly FieldTable _fields = new(
        ("model", Field.Model), ("stream", Field.Stream), ("max_tokens", Field.MaxTokens), ("messages", Field.Messages),
        ("inputs", Field.Messages), ("documents", Field.Documents), ("images", Field.InlinePart), ("connectors", Field.Plugins),
        ("conversation_id", Field.Conversation));

    private static readonly byte[] _maxTokens = "\"max_tokens\":"u8.ToArray();
    private static readonly byte[] _comma = ","u8.ToArray();

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(match, body, ReadMembers, 0);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, int rules)
    {
        var operation = match.Route.Operation;
        if (operation == Operations.Chat)
            draft.OfferLimit(new BodySplice(draft.BodyStart, 0, _maxTokens), _comma);

        ulong seen = 0;
        while (walk.NextMember())
            ReadMember(ref walk, draft, walk.Take(_fields, ref seen), operation);
    }

    private static void ReadMember(ref JsonWalk walk, RequestDraft draft, Field field, string operation)
    {
        switch (field)
        {
            case Field.Model:
                draft.ReadModel(ref walk);
                break;
            case Field.Stream when operation == Operations.Chat:
                draft.Stream = walk.ReadBool("stream") ?? false;
                break;
            case Field.MaxTokens when operation == Operations.Chat:
                draft.ReadOutputLimit(ref walk, "max_tokens", replacesNull: true);
                break;
            case Field.Messages:
                OpenAiContent.Scan(ref walk, draft);
                break;
            case Field.Documents when operation == Operations.Rerank:
                CountDocuments(ref walk, draft);
                break;
            case Field.InlinePart:
                draft.HideUnlessEmpty(ref walk, "images");
                break;
            case Field.Conversation:
                draft.HideUnlessEmpty(ref walk, "conversation_id");
                break;
            case Field.Plugins:
                if (!walk.IsNull && !walk.IsEmptyContainer)
                    draft.UseServerTool("connectors");
                walk.Skip();
                break;
            default:
                walk.Skip();
                break;
        }
    }

    private static void CountDocuments(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token != JsonTokenType.StartArray)
            throw RefusedBodyException.InvalidValue("documents", "an array is expected");

        var documents = 0L;
        var start = walk.Start;
        while (walk.NextElement())
        {
            documents++;
            walk.Skip();
        }

        documents += (walk.End - start) / LeastBytesOfChunk;
        draft.Units = [new UnitCount(UnitNames.SearchUnit, Math.Max(1, (documents + DocumentsOfSearchUnit - 1) / DocumentsOfSearchUnit))];
    }
}
