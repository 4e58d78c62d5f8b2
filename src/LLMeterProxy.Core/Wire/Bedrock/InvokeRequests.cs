using System.Text.Json;
using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// Reads requests of InvokeModel: the vendors' native formats, in one table as their responses are. A limit is one number under
/// many names, and the model of the path is the only one.
/// </summary>
internal static class InvokeRequests
{
    // Cohere's unit of ranking: a query with up to 100 documents (AWS's price page).
    private const int DocumentsPerSearch = 100;

    private static readonly FieldTable _fields = new(
        ("model", Field.Model), ("messages", Field.Messages), ("system", Field.System), ("prompt", Field.Prompt),
        ("max_tokens", Field.MaxTokens), ("max_completion_tokens", Field.MaxCompletionTokens), ("max_gen_len", Field.MaxOutputTokens),
        ("max_tokens_to_sample", Field.MaxOutputTokens), ("maxTokens", Field.MaxOutputTokens),
        ("textGenerationConfig", Field.GenerationConfig), ("inferenceConfig", Field.ExtraBody),
        ("n", Field.Choices), ("num_generations", Field.Choices), ("numResults", Field.Choices),
        ("tools", Field.Tools), ("toolConfig", Field.FunctionDeclarations), ("metadata", Field.Metadata), ("user", Field.User),
        ("service_tier", Field.ServiceTier), ("documents", Field.Input), ("imageGenerationConfig", Field.ImageUrl),
        ("inputImage", Field.MediaUrl), ("image", Field.FileUrl), ("images", Field.Audio));

    private static readonly FieldTable _titanConfig = new(("maxTokenCount", Field.MaxTokens));
    private static readonly FieldTable _novaConfig = new(("maxTokens", Field.MaxTokens), ("max_new_tokens", Field.MaxOutputTokens));
    private static readonly FieldTable _toolConfig = new(("tools", Field.Tools));
    private static readonly FieldTable _metadata = new(("user_id", Field.UserId));

    private static readonly FieldTable _imageConfig = new(
        ("numberOfImages", Field.Choices), ("width", Field.MaxTokens), ("height", Field.MaxOutputTokens), ("quality", Field.Speed));

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body)
    {
        var units = new RequestedUnits();
        var reading = RequestBody.Read(match, body, ReadMembers, units);
        return reading.Facts is { } facts && units.ToList() is { Count: > 0 } stated ? facts with { Units = stated } : reading;
    }

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, RequestedUnits units)
    {
        ulong seen = 0;
        while (walk.NextMember())
            ReadMember(ref walk, draft, walk.Take(_fields, ref seen), match, units);
    }

    private static void ReadMember(ref JsonWalk walk, RequestDraft draft, Field field, RouteMatch match, RequestedUnits units)
    {
        switch (field)
        {
            case Field.Model:
                RequireSameModel(ref walk, match);
                break;
            case Field.MaxTokens or Field.MaxCompletionTokens or Field.MaxOutputTokens:
                draft.ReadOutputLimit(ref walk, "max_tokens", replacesNull: false);
                break;
            case Field.GenerationConfig:
                ReadConfig(ref walk, draft, _titanConfig, "textGenerationConfig.maxTokenCount");
                break;
            case Field.ExtraBody:
                ReadConfig(ref walk, draft, _novaConfig, "inferenceConfig.maxTokens");
                break;
            case Field.Choices:
                draft.ReadChoices(ref walk, "n");
                break;
            case Field.Tools:
                AnthropicRequests.ReadTools(ref walk, draft);
                break;
            case Field.FunctionDeclarations:
                BedrockContent.ReadToolConfig(ref walk, draft, _toolConfig);
                break;
            case Field.Metadata:
                ReadMetadata(ref walk, draft);
                break;
            case Field.User:
                draft.ReadEndUser(ref walk);
                walk.Skip();
                break;
            case Field.ServiceTier:
                draft.ReadServiceTier(ref walk, "service_tier");
                break;
            case Field.Input:
                units.Searches = (CountElements(ref walk) + DocumentsPerSearch - 1) / DocumentsPerSearch;
                break;
            case Field.ImageUrl:
                ReadImageConfig(ref walk, units);
                break;
            case Field.MediaUrl or Field.FileUrl or Field.Audio:
                draft.HideUnlessEmpty(ref walk, "image");
                break;
            default:
                BedrockContent.Scan(ref walk, draft);
                break;
        }
    }

    // The path decides; a body that says otherwise is refused rather than forwarded (T33).
    private static void RequireSameModel(ref JsonWalk walk, RouteMatch match)
    {
        if (walk.ReadString("model", 512) is { } named && named != match.Model)
            throw new RefusedBodyException(ProblemCode.ConflictingModel, "The body's 'model' differs from the model in the path.", "model");
    }

    private static void ReadConfig(ref JsonWalk walk, RequestDraft draft, FieldTable fields, string param)
    {
        if (walk.IsNull)
            return;
        if (walk.Token != JsonTokenType.StartObject)
            throw RefusedBodyException.InvalidValue(param[..param.IndexOf('.', StringComparison.Ordinal)], "an object is expected");

        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(fields, ref seen) != Field.Unknown)
                draft.ReadOutputLimit(ref walk, param, replacesNull: false);
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
            if (walk.Take(_metadata, ref seen) == Field.UserId)
                draft.ReadEndUser(ref walk);
            walk.Skip();
        }
    }

    private static void ReadImageConfig(ref JsonWalk walk, RequestedUnits units)
    {
        if (walk.Token != JsonTokenType.StartObject)
        {
            walk.Skip();
            return;
        }

        units.Images = 1;
        ulong seen = 0;
        while (walk.NextMember())
        {
            switch (walk.Take(_imageConfig, ref seen))
            {
                case Field.Choices:
                    units.Images = walk.ReadInteger("imageGenerationConfig.numberOfImages", 1, 100) ?? 1;
                    break;
                case Field.MaxTokens:
                    units.Width = walk.ReadInteger("imageGenerationConfig.width", 1, 100_000);
                    break;
                case Field.MaxOutputTokens:
                    units.Height = walk.ReadInteger("imageGenerationConfig.height", 1, 100_000);
                    break;
                case Field.Speed:
                    units.Quality = walk.ReadString("imageGenerationConfig.quality", 16);
                    break;
                default:
                    walk.Skip();
                    break;
            }
        }
    }

    private static int CountElements(ref JsonWalk walk)
    {
        if (walk.Token != JsonTokenType.StartArray)
        {
            walk.Skip();
            return 0;
        }

        var count = 0;
        while (walk.NextElement())
        {
            count++;
            walk.Skip();
        }

        return count;
    }
}
