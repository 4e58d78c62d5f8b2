using System.Text.Json;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>Reads requests of generateContent, countTokens and embeddings. Google accepts each member in camel and in snake case, so both are one member.</summary>
internal static class GeminiRequests
{
    private static readonly FieldTable _fields = new(
        ("model", Field.Model), ("contents", Field.Messages), ("content", Field.Messages), ("requests", Field.Input), ("systemInstruction", Field.System), ("system_instruction", Field.System),
        ("tools", Field.Tools), ("generationConfig", Field.GenerationConfig), ("generation_config", Field.GenerationConfig),
        ("cachedContent", Field.CachedContent), ("cached_content", Field.CachedContent),
        ("serviceTier", Field.ServiceTier), ("service_tier", Field.ServiceTier));

    private static readonly FieldTable _embedRequest = new(("model", Field.Model), ("content", Field.Messages));

    private static readonly FieldTable _generationConfig = new(
        ("maxOutputTokens", Field.MaxOutputTokens), ("max_output_tokens", Field.MaxOutputTokens),
        ("candidateCount", Field.Choices), ("candidate_count", Field.Choices));

    // Google's members are named by the tool; these two are run by the client.
    private static readonly FieldTable _clientTools = new(
        ("functionDeclarations", Field.FunctionDeclarations), ("function_declarations", Field.FunctionDeclarations),
        ("computerUse", Field.ComputerUse), ("computer_use", Field.ComputerUse));

    private static readonly NestedLimit _outputLimit = new("generationConfig", "maxOutputTokens");

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(match, body, ReadMembers, 0);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, int rules)
    {
        if (match.Route.Operation == Operations.GenerateContent)
            _outputLimit.OfferObject(draft);

        ulong seen = 0;
        while (walk.NextMember())
            ReadMember(ref walk, draft, walk.Take(_fields, ref seen), match);
    }

    private static void ReadMember(ref JsonWalk walk, RequestDraft draft, Field field, RouteMatch match)
    {
        switch (field)
        {
            case Field.Model:
                RequireSameModel(ref walk, match);
                break;
            case Field.GenerationConfig:
                ReadGenerationConfig(ref walk, draft);
                break;
            case Field.CachedContent:
                draft.HideUnlessEmpty(ref walk, "cachedContent");
                break;
            case Field.ServiceTier:
                draft.ReadServiceTier(ref walk, "serviceTier");
                break;
            case Field.Tools:
                ReadTools(ref walk, draft);
                break;
            case Field.Messages or Field.System:
                GeminiContent.Scan(ref walk, draft);
                break;
            case Field.Input:
                ReadEmbedRequests(ref walk, draft, match);
                break;
            default:
                walk.Skip();
                break;
        }
    }

    // The path decides; a body that says otherwise is refused rather than forwarded (T33).
    private static void RequireSameModel(ref JsonWalk walk, RouteMatch match)
    {
        if (walk.ReadString("model", 512) is not { } named)
            return;

        // Vertex has whole resource names, which end in the same.
        var at = named.LastIndexOf("models/", StringComparison.Ordinal);
        var bare = at >= 0 && (at == 0 || named[at - 1] == '/') ? named.AsSpan(at + "models/".Length) : named;
        if (!bare.SequenceEqual(match.Model) && named != match.Model)
            throw new RefusedBodyException(ProblemCode.ConflictingModel, "The body's 'model' differs from the model in the path.", "model");
    }

    private static void ReadEmbedRequests(ref JsonWalk walk, RequestDraft draft, RouteMatch match)
    {
        if (walk.Token != JsonTokenType.StartArray)
            throw RefusedBodyException.InvalidValue("requests", "an array is expected");
        while (walk.NextElement())
        {
            if (walk.Token != JsonTokenType.StartObject)
                throw RefusedBodyException.InvalidValue("requests", "an array of objects is expected");

            ulong seen = 0;
            while (walk.NextMember())
            {
                switch (walk.Take(_embedRequest, ref seen))
                {
                    case Field.Model:
                        RequireSameModel(ref walk, match);
                        break;
                    case Field.Messages:
                        GeminiContent.Scan(ref walk, draft);
                        break;
                    default:
                        walk.Skip();
                        break;
                }
            }
        }
    }

    private static void ReadGenerationConfig(ref JsonWalk walk, RequestDraft draft)
    {
        if (!_outputLimit.Enter(ref walk, draft))
            return;

        ulong seen = 0;
        while (walk.NextMember())
        {
            switch (walk.Take(_generationConfig, ref seen))
            {
                case Field.MaxOutputTokens:
                    draft.ReadOutputLimit(ref walk, _outputLimit.Path, replacesNull: true);
                    break;
                case Field.Choices:
                    draft.ReadChoices(ref walk, "generationConfig.candidateCount");
                    break;
                default:
                    walk.Skip();
                    break;
            }
        }
    }

    private static void ReadTools(ref JsonWalk walk, RequestDraft draft)
    {
        // A lone object is read by Google as an array of one.
        if (walk.Token == JsonTokenType.StartObject)
        {
            ReadTool(ref walk, draft);
            return;
        }

        if (walk.IsNull)
            return;
        if (walk.Token != JsonTokenType.StartArray)
            throw RefusedBodyException.InvalidValue("tools", "an array is expected");
        while (walk.NextElement())
        {
            if (walk.Token != JsonTokenType.StartObject)
                throw RefusedBodyException.InvalidValue("tools", "an array of objects is expected");
            ReadTool(ref walk, draft);
        }
    }

    private static void ReadTool(ref JsonWalk walk, RequestDraft draft)
    {
        while (walk.NextMember())
        {
            var atClient = walk.Find(_clientTools) != Field.Unknown;
            var name = atClient || draft.ServerTool is not null ? "" : walk.Name();
            walk.Next();
            if (!atClient && !walk.IsNull)
                draft.UseServerTool(name);
            walk.Skip();
        }
    }
}
