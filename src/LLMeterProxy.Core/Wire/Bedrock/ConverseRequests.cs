using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>Reads requests of Converse and ConverseStream.</summary>
internal static class ConverseRequests
{
    private static readonly FieldTable _fields = new(
        ("messages", Field.Messages), ("system", Field.System), ("inferenceConfig", Field.GenerationConfig), ("toolConfig", Field.Tools),
        ("serviceTier", Field.ServiceTier), ("requestMetadata", Field.Metadata), ("additionalModelRequestFields", Field.ExtraBody));

    private static readonly FieldTable _inferenceConfig = new(("maxTokens", Field.MaxTokens));
    private static readonly FieldTable _toolConfig = new(("tools", Field.Tools));
    private static readonly FieldTable _serviceTier = new(("type", Field.Type));
    private static readonly FieldTable _metadata = new(("user_id", Field.UserId), ("userId", Field.User), ("user", Field.SafetyIdentifier));

    // The model's own name of the limit would win over Converse's.
    private static readonly FieldTable _ownFields = new(
        ("max_tokens", Field.MaxTokens), ("max_completion_tokens", Field.MaxCompletionTokens), ("max_gen_len", Field.MaxOutputTokens),
        ("max_tokens_to_sample", Field.MaxOutputTokens), ("maxTokens", Field.MaxOutputTokens));

    private static readonly byte[] _comma = ","u8.ToArray();
    private static readonly byte[] _close = "}"u8.ToArray();
    private static readonly byte[] _closeAndComma = "},"u8.ToArray();
    private static readonly byte[] _limit = "\"maxTokens\":"u8.ToArray();
    private static readonly byte[] _configObject = "{\"maxTokens\":"u8.ToArray();
    private static readonly byte[] _configMember = "\"inferenceConfig\":{\"maxTokens\":"u8.ToArray();

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(match, body, ReadMembers, 0);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, int rules)
    {
        draft.OfferLimit(new BodySplice(draft.BodyStart, 0, _configMember), draft.BodyIsEmpty ? _close : _closeAndComma);
        ulong seen = 0;
        while (walk.NextMember())
        {
            switch (walk.Take(_fields, ref seen))
            {
                case Field.GenerationConfig:
                    ReadInferenceConfig(ref walk, draft);
                    break;
                case Field.Tools:
                    BedrockContent.ReadToolConfig(ref walk, draft, _toolConfig);
                    break;
                case Field.ServiceTier:
                    ReadServiceTier(ref walk, draft);
                    break;
                case Field.Metadata:
                    ReadMetadata(ref walk, draft);
                    break;
                case Field.ExtraBody:
                    ReadOwnFields(ref walk, draft);
                    break;
                case Field.Messages or Field.System:
                    BedrockContent.Scan(ref walk, draft);
                    break;
                default:
                    walk.Skip();
                    break;
            }
        }
    }

    private static void ReadInferenceConfig(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.IsNull)
        {
            draft.OfferLimit(new BodySplice(walk.Start, walk.End - walk.Start, _configObject), _close);
            return;
        }

        if (walk.Token != JsonTokenType.StartObject)
            throw RefusedBodyException.InvalidValue("inferenceConfig", "an object is expected");

        draft.OfferLimit(new BodySplice(walk.End, 0, _limit), walk.IsEmptyContainer ? default(ReadOnlyMemory<byte>) : _comma);
        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_inferenceConfig, ref seen) == Field.MaxTokens)
                draft.ReadOutputLimit(ref walk, "inferenceConfig.maxTokens", replacesNull: true);
            else
                walk.Skip();
        }
    }

    private static void ReadServiceTier(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token != JsonTokenType.StartObject)
        {
            walk.Skip();
            return;
        }

        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_serviceTier, ref seen) == Field.Type)
                draft.ReadServiceTier(ref walk, "serviceTier.type");
            else
                walk.Skip();
        }
    }

    private static void ReadMetadata(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token != JsonTokenType.StartObject)
        {
            walk.Skip();
            return;
        }

        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_metadata, ref seen) != Field.Unknown)
                draft.ReadEndUser(ref walk);
            walk.Skip();
        }
    }

    private static void ReadOwnFields(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token != JsonTokenType.StartObject)
        {
            walk.Skip();
            return;
        }

        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_ownFields, ref seen) != Field.Unknown)
                draft.ReadOutputLimit(ref walk, "additionalModelRequestFields", replacesNull: false);
            else
                walk.Skip();
        }
    }
}
