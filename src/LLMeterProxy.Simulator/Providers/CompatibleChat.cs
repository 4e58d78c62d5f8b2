using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Chat completions, not streamed, of the providers that took OpenAI's shape over: compact, each with fields of its own.</summary>
internal static class CompatibleChat
{
    public static void Write(SimulatedCall call, BodyWriter w)
    {
        w.Write($$"""{"id":"{{call.Id}}","object":"chat.completion","created":{{call.At.ToUnixTimeSeconds()}},"model":"{{call.ModelText}}","choices":[""");
        for (var choice = 0; choice < call.Choices; choice++)
        {
            if (choice > 0)
                w.Write(","u8);
            w.Write($$"""{"index":{{choice}},"message":{"role":"assistant","content":""");
            w.Write("\""u8);
            if (!call.CallsTool)
                call.WriteText(w, choice);
            w.Write("\""u8);
            if (call.CallsTool)
                w.Write($$$""","tool_calls":[{"id":"{{{ToolCallId(call)}}}","type":"function","index":0,"function":{"name":"{{{call.ToolName}}}","arguments":"{{{ToolArguments.Escaped}}}"}}]""");
            w.Write($$"""},"finish_reason":"{{OpenAIChat.FinishReason(call)}}"}""");
        }

        w.Write("]"u8);
        if (call.StatesUsage)
        {
            w.Write(",\"usage\":"u8);
            CompatibleUsage.Write(w, call, call.Usage.Output);
        }

        if (call.Route.Shape == ProviderShape.Groq)
            w.Write($$$""","usage_breakdown":null,"system_fingerprint":"{{{OpenAIChat.Fingerprint}}}","x_groq":{"id":"{{{RequestId(call)}}}"},"service_tier":"{{{call.Tier}}}" """);
        if (call.Route.Shape == ProviderShape.Perplexity)
            w.Write(",\"citations\":[],\"search_results\":[]"u8);
        w.Write("}"u8);
    }

    /// <summary>Mistral's ids are nine letters and digits, and it refuses longer ones.</summary>
    public static string ToolCallId(SimulatedCall call) =>
        call.Route.Shape == ProviderShape.Mistral ? IdText.Base62("", call.IdSeed + 1, 9) : OpenAIChat.ToolCallId(call);

    /// <summary>Groq's own id of the call.</summary>
    public static string RequestId(SimulatedCall call) => IdText.Hex("req_", call.IdSeed + 7, 26);
}
