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

    private static readonly NestedLimit _outputLimit = new("inferenceConfig", "maxTokens");

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(match, body, ReadMembers, 0);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, int rules)
    {
        _outputLimit.OfferObject(draft);
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
        if (!_outputLimit.Enter(ref walk, draft))
            return;

        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_inferenceConfig, ref seen) == Field.MaxTokens)
                draft.ReadOutputLimit(ref walk, _outputLimit.Path, replacesNull: true);
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
