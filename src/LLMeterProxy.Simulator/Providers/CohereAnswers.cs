using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>
/// Cohere's second version, not streamed. What is billed stands in <c>billed_units</c>; <c>tokens</c> counts the model's
/// template too, and <c>cached_tokens</c> belongs to the latter. No answer names its model.
/// </summary>
internal static class CohereAnswers
{
    /// <summary>Input tokens that the template adds to what is billed.</summary>
    private const int TemplateInput = 204;

    /// <summary>Output tokens that the template adds to what is billed.</summary>
    private const int TemplateOutput = 3;

    public static void WriteChat(SimulatedCall call, BodyWriter w)
    {
        w.Write($"{{\"id\":\"{call.Id}\",\"message\":{{\"role\":\"assistant\"");
        if (call.CallsTool)
        {
            w.Write($$$""","tool_plan":"I will look that up.","tool_calls":[{"id":"{{{ToolCallId(call)}}}","type":"function","function":{"name":"{{{call.ToolName}}}","arguments":"{{{ToolArguments.Escaped}}}"}}]""");
        }
        else
        {
            w.Write(",\"content\":[{\"type\":\"text\",\"text\":\""u8);
            call.WriteText(w, 0);
            w.Write("\"}]"u8);
        }

        w.Write($"}},\"finish_reason\":\"{FinishReason(call)}\"");
        if (call.StatesUsage)
        {
            w.Write(",\"usage\":"u8);
            WriteUsage(w, call);
        }

        w.Write("}"u8);
    }

    public static void WriteEmbeddings(SimulatedCall call, BodyWriter w)
    {
        w.Write($"{{\"id\":\"{call.Id}\",\"texts\":[],\"embeddings\":{{\"float\":[");
        for (var i = 0; i < call.Fields.Inputs; i++)
        {
            if (i > 0)
                w.Write(","u8);
            w.Write(OpenAIEmbeddings.Numbers(call.Fields.Dimensions ?? 1536));
        }

        w.Write("]}"u8);
        EndWithMeta(call, w, "input_tokens", call.Usage.Input, ",\"response_type\":\"embeddings_by_type\"");
    }

    public static void WriteRerank(SimulatedCall call, BodyWriter w)
    {
        w.Write($"{{\"id\":\"{call.Id}\",\"results\":[");
        var count = Math.Min(call.Fields.Documents, call.Fields.Top ?? int.MaxValue);
        for (var i = 0; i < count; i++)
            w.Write($"{(i == 0 ? "" : ",")}{{\"index\":{i},\"relevance_score\":0.{900 - (i % 900)}}}");
        w.Write("]"u8);
        EndWithMeta(call, w, "search_units", call.Usage.SearchUnits, "");
    }

    public static void WriteUsage(BodyWriter w, SimulatedCall call)
    {
        var u = call.Usage;
        w.Write($$$"""{"billed_units":{"input_tokens":{{{u.Input}}},"output_tokens":{{{u.Output}}}},"tokens":{"input_tokens":{{{u.Input + TemplateInput}}},"output_tokens":{{{u.Output + TemplateOutput}}}""");
        if (u.Reasoning > 0)
            w.Write($",\"reasoning_tokens\":{u.Reasoning}");
        w.Write($"}},\"cached_tokens\":{call.Scenario.CachedTokens + TemplateInput - 12}}}");
    }

    public static string FinishReason(SimulatedCall call) => call.CallsTool ? "TOOL_CALL" : call.StopsAtLimit ? "MAX_TOKENS" : "COMPLETE";

    public static string ToolCallId(SimulatedCall call) => IdText.Base62(call.ToolName + "_", call.IdSeed + 1, 12);

    private static void EndWithMeta(SimulatedCall call, BodyWriter w, string unit, long quantity, string tail)
    {
        w.Write(",\"meta\":{\"api_version\":{\"version\":\"2\"}"u8);
        if (call.StatesUsage)
            w.Write($",\"billed_units\":{{\"{unit}\":{quantity}}}");
        w.Write($"}}{tail}}}");
    }
}
