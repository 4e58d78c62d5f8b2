using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Tells tools that the client runs from those that the provider runs, and bills by call or fills with input of its own.</summary>
internal static class OpenAiTools
{
    private const int LongestType = 128;

    private static readonly FieldTable _tool = new(("type", Field.Type), ("tools", Field.Tools));

    public static void Read(ref JsonWalk walk, RequestDraft draft)
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
        ulong seen = 0;
        while (walk.NextMember())
        {
            switch (walk.Take(_tool, ref seen))
            {
                case Field.Type:
                    // One that is not known here is taken for the provider's (T51).
                    if (walk.ReadString("tools.type", LongestType) is { } type && !RunsAtClient(type))
                        draft.UseServerTool(type);
                    break;
                case Field.Tools:
                    Read(ref walk, draft);
                    break;
                default:
                    walk.Skip();
                    break;
            }
        }
    }

    private static bool RunsAtClient(string type) =>
        type is "function" or "custom" or "namespace" or "tool_search" or "local_shell" or "apply_patch";
}
