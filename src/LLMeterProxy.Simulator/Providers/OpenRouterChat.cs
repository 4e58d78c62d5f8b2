using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>OpenRouter chat completions, not streamed: compact, with the provider that served and the cost.</summary>
internal static class OpenRouterChat
{
    public static void Write(SimulatedCall call, BodyWriter w)
    {
        w.Write($$"""{"id":"{{call.Id}}","provider":"{{Upstream(call)}}","model":"{{call.ModelText}}","object":"chat.completion","created":{{call.At.ToUnixTimeSeconds()}},"choices":[""");
        for (var choice = 0; choice < call.Choices; choice++)
        {
            if (choice > 0)
                w.Write(","u8);
            w.Write($$$"""{"logprobs":null,"finish_reason":"{{{OpenAIChat.FinishReason(call)}}}","native_finish_reason":"{{{NativeFinishReason(call)}}}","index":{{{choice}}},"message":{"role":"assistant","content":""");
            if (call.CallsTool)
            {
                w.Write($$$"""null,"refusal":null,"reasoning":null,"tool_calls":[{"type":"function","index":0,"id":"{{{OpenAIChat.ToolCallId(call)}}}","function":{"name":"{{{call.ToolName}}}","arguments":"{{{ToolArguments.Escaped}}}"}}]""");
            }
            else
            {
                w.Write("\""u8);
                call.WriteText(w, choice);
                w.Write("\",\"refusal\":null,\"reasoning\":null"u8);
            }

            w.Write("}}"u8);
        }

        w.Write($"],\"service_tier\":\"{call.Tier}\",\"system_fingerprint\":null");
        if (call.StatesUsage)
        {
            w.Write(",\"usage\":"u8);
            OpenAIUsage.WriteChat(w, call);
        }

        w.Write("}"u8);
    }

    /// <summary>Name of the provider that OpenRouter sent the call to.</summary>
    public static string Upstream(SimulatedCall call) => call.Served.PriceKey switch
    {
        var model when model.StartsWith("claude", StringComparison.Ordinal) => "Anthropic",
        var model when model.StartsWith("gemini", StringComparison.Ordinal) => "Google",
        _ => "OpenAI",
    };

    public static string NativeFinishReason(SimulatedCall call) => call.StopsAtLimit ? "max_output_tokens" : "completed";
}
