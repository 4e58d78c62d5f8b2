using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Reads requests of the Messages API and of its token counting.</summary>
internal static class AnthropicRequests
{
    private const int LongestToolType = 128;

    // The last three are OpenRouter's, whose /messages takes this format.
    private static readonly FieldTable _fields = new(
        ("model", Field.Model), ("messages", Field.Messages), ("system", Field.System), ("max_tokens", Field.MaxTokens),
        ("max_tokens_to_sample", Field.MaxTokensToSample),
        ("stream", Field.Stream), ("metadata", Field.Metadata), ("service_tier", Field.ServiceTier), ("speed", Field.Speed),
        ("tools", Field.Tools), ("container", Field.Container), ("mcp_servers", Field.McpServers),
        ("models", Field.Models), ("plugins", Field.Plugins), ("preset", Field.Preset));

    private static readonly byte[] _maxTokens = "\"max_tokens\":"u8.ToArray();
    private static readonly byte[] _maxTokensToSample = "\"max_tokens_to_sample\":"u8.ToArray();
    private static readonly byte[] _comma = ","u8.ToArray();

    private static readonly FieldTable _metadata = new(("user_id", Field.UserId));

    private static readonly FieldTable _tool = new(("type", Field.Type), ("max_uses", Field.MaxUses));

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(match, body, ReadMembers, 0);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, int rules)
    {
        var limit = match.Route.Operation switch
        {
            Operations.Messages or Operations.InvokeModel => _maxTokens,
            Operations.Completions => _maxTokensToSample,
            _ => null,
        };
        if (limit is not null)
            draft.OfferLimit(new BodySplice(draft.BodyStart, 0, limit), _comma);

        ulong seen = 0;
        while (walk.NextMember())
            ReadMember(ref walk, draft, walk.Take(_fields, ref seen));
    }

    private static void ReadMember(ref JsonWalk walk, RequestDraft draft, Field field)
    {
        switch (field)
        {
            case Field.Model:
                draft.ReadModel(ref walk);
                break;
            case Field.Models:
                draft.ReadOtherModels(ref walk);
                break;
            case Field.Stream:
                draft.Stream = walk.ReadBool("stream") ?? false;
                break;
            case Field.MaxTokens:
                draft.ReadOutputLimit(ref walk, "max_tokens", replacesNull: true);
                break;
            case Field.MaxTokensToSample:
                draft.ReadOutputLimit(ref walk, "max_tokens_to_sample", replacesNull: true);
                break;
            case Field.Metadata:
                ReadMetadata(ref walk, draft);
                break;
            case Field.ServiceTier:
                draft.ReadServiceTier(ref walk, "service_tier");
                break;
            case Field.Speed:
                draft.ReadSpeed(ref walk);
                break;
            case Field.Tools:
                ReadTools(ref walk, draft);
                break;
            case Field.Plugins:
                if (!walk.IsNull)
                    draft.UseServerTool("plugins");
                walk.Skip();
                break;
            case Field.Container:
                draft.HideUnlessEmpty(ref walk, "container");
                break;
            case Field.McpServers:
                draft.HideUnlessEmpty(ref walk, "mcp_servers");
                break;
            case Field.Preset:
                draft.HideUnlessEmpty(ref walk, "preset");
                break;
            case Field.Messages or Field.System:
                AnthropicContent.Scan(ref walk, draft);
                break;
            default:
                walk.Skip();
                break;
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
            ReadTool(ref walk, draft);
        }
    }

    private static void ReadTool(ref JsonWalk walk, RequestDraft draft)
    {
        string? type = null;
        long? mostUses = null;
        ulong seen = 0;
        while (walk.NextMember())
        {
            switch (walk.Take(_tool, ref seen))
            {
                case Field.Type:
                    type = walk.ReadString("tools.type", LongestToolType);
                    break;
                case Field.MaxUses:
                    mostUses = walk.ReadInteger("tools.max_uses", 0, int.MaxValue);
                    break;
                default:
                    walk.Skip();
                    break;
            }
        }

        if (type is not null && !RunsAtClient(type))
            draft.UseServerTool(type, mostUses);
    }

    // Types end in the date of their version. One that is not known here is taken for the provider's (T51).
    private static bool RunsAtClient(string type) =>
        type is "custom" or "function"
        || type.StartsWith("bash_", StringComparison.Ordinal)
        || type.StartsWith("text_editor_", StringComparison.Ordinal)
        || type.StartsWith("computer_", StringComparison.Ordinal)
        || type.StartsWith("memory_", StringComparison.Ordinal)
        || type.StartsWith("tool_search_tool_", StringComparison.Ordinal);
}
