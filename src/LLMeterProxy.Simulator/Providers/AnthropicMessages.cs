using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Anthropic messages, not streamed: one compact line.</summary>
internal static class AnthropicMessages
{
    public static void Write(SimulatedCall call, BodyWriter w)
    {
        w.Write($$"""{"model":"{{call.ModelText}}","id":"{{call.Id}}","type":"message","role":"assistant","content":[""");
        if (call.CallsTool)
        {
            w.Write($$"""{"type":"tool_use","id":"{{ToolUseId(call)}}","name":"{{call.ToolName}}","input":{{ToolArguments.Json}}}""");
        }
        else
        {
            w.Write("{\"type\":\"text\",\"text\":\""u8);
            call.WriteText(w, 0);
            w.Write("\"}"u8);
        }

        w.Write($"],\"stop_reason\":\"{StopReason(call)}\",\"stop_sequence\":null,\"stop_details\":null");
        if (call.StatesUsage)
        {
            w.Write(",\"usage\":"u8);
            AnthropicUsage.Write(w, call, call.Usage.Output);
        }

        w.Write("}"u8);
    }

    public static string StopReason(SimulatedCall call) => call.CallsTool ? "tool_use" : call.StopsAtLimit ? "max_tokens" : "end_turn";

    public static string ToolUseId(SimulatedCall call) => IdText.Base62("toolu_01", call.IdSeed + 1, 22);
}
