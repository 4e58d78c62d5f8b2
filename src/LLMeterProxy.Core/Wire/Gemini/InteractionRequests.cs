using System.Text.Json;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>Reads requests of the Interactions API, whose members are in snake case. What runs in the background is polled later, and is refused.</summary>
internal static class InteractionRequests
{
    private const int LongestToolType = 128;

    private static readonly FieldTable _fields = new(
        ("model", Field.Model), ("agent", Field.Agent), ("input", Field.Input), ("system_instruction", Field.System),
        ("tools", Field.Tools), ("generation_config", Field.GenerationConfig), ("stream", Field.Stream), ("background", Field.Background),
        ("previous_interaction_id", Field.PreviousResponseId), ("service_tier", Field.ServiceTier));

    private static readonly FieldTable _generationConfig = new(("max_output_tokens", Field.MaxOutputTokens));

    private static readonly FieldTable _tool = new(("type", Field.Type));

    private static readonly FieldTable _content = new(("uri", Field.Url), ("mime_type", Field.MediaType));

    private static readonly NestedLimit _outputLimit = new("generation_config", "max_output_tokens");

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(match, body, ReadMembers, 0);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, int rules)
    {
        _outputLimit.OfferObject(draft);
        draft.Stream = match.UpstreamQuery.Contains("alt=sse", StringComparison.Ordinal);
        string? agent = null;
        ulong seen = 0;
        while (walk.NextMember())
        {
            var field = walk.Take(_fields, ref seen);
            if (field == Field.Agent)
                agent = walk.ReadString("agent", 256);
            else
                ReadMember(ref walk, draft, field);
        }

        if (agent is { Length: > 0 } && draft.Model is { } model && model != agent)
            throw new RefusedBodyException(ProblemCode.ConflictingModel, "The request names a model and an agent; name one.", "agent");
        draft.Model ??= agent is { Length: > 0 } ? agent : null;
    }

    private static void ReadMember(ref JsonWalk walk, RequestDraft draft, Field field)
    {
        switch (field)
        {
            case Field.Model:
                draft.ReadModel(ref walk);
                break;
            case Field.Stream:
                draft.Stream |= walk.ReadBool("stream") ?? false;
                break;
            case Field.Background:
                if (walk.ReadBool("background") == true)
                    throw new RefusedBodyException(ProblemCode.EndpointNotMetered, "Background interactions are not metered here; send the call without 'background'.", "background");
                break;
            case Field.PreviousResponseId:
                draft.HideUnlessEmpty(ref walk, "previous_interaction_id");
                break;
            case Field.ServiceTier:
                draft.ReadServiceTier(ref walk, "service_tier");
                break;
            case Field.GenerationConfig:
                ReadGenerationConfig(ref walk, draft);
                break;
            case Field.Tools:
                ReadTools(ref walk, draft);
                break;
            case Field.Input or Field.System:
                ScanContent(ref walk, draft);
                break;
            default:
                walk.Skip();
                break;
        }
    }

    private static void ReadGenerationConfig(ref JsonWalk walk, RequestDraft draft)
    {
        if (!_outputLimit.Enter(ref walk, draft))
            return;

        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_generationConfig, ref seen) == Field.MaxOutputTokens)
                draft.ReadOutputLimit(ref walk, _outputLimit.Path, replacesNull: true);
            else
                walk.Skip();
        }
    }

    private static void ReadTools(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.IsNull)
            return;
        if (walk.Token != JsonTokenType.StartArray)
            throw RefusedBodyException.InvalidValue("tools", "an array is expected");

        while (walk.NextElement())
        {
            if (walk.Token != JsonTokenType.StartObject)
                throw RefusedBodyException.InvalidValue("tools", "an array of objects is expected");

            ulong seen = 0;
            while (walk.NextMember())
            {
                if (walk.Take(_tool, ref seen) != Field.Type)
                    walk.Skip();
                // One that is not known here is taken for the provider's (T51).
                else if (walk.ReadString("tools.type", LongestToolType) is { } type and not ("function" or "computer_use"))
                    draft.UseServerTool(type);
            }
        }
    }

    // What a URI stands for is no part of the body, and pictures and pages are compressed.
    private static void ScanContent(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var depth = walk.Depth;
        do
        {
            walk.Next();
            if (walk.Token != JsonTokenType.PropertyName)
                continue;

            var field = walk.Find(_content);
            if (field == Field.Unknown)
                continue;

            walk.Next();
            if (field == Field.Url && walk.IsFilledString)
                draft.Hide("uri");
            else if (field == Field.MediaType
                && (walk.StringStartsWith("video/"u8) || walk.StringStartsWith("image/"u8) || walk.StringStartsWith("application/"u8)))
                draft.Hide("data");
        }
        while (walk.Depth > depth);
    }
}
