using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Bedrock Converse, not streamed. Cache reads and writes stand beside <c>inputTokens</c>, each under two names.</summary>
internal static class BedrockConverse
{
    public static void Write(SimulatedCall call, BodyWriter w)
    {
        w.Write("{\"metrics\":{\"latencyMs\":608},\"output\":{\"message\":{\"content\":["u8);
        if (call.CallsTool)
        {
            w.Write($$$"""{"toolUse":{"input":{{{ToolArguments.Json}}},"name":"{{{call.ToolName}}}","toolUseId":"{{{ToolUseId(call)}}}"}}""");
        }
        else
        {
            w.Write("{\"text\":\""u8);
            call.WriteText(w, 0);
            w.Write("\"}"u8);
        }

        w.Write($"],\"role\":\"assistant\"}}}},\"stopReason\":\"{AnthropicMessages.StopReason(call)}\"");
        if (call.StatesUsage)
        {
            w.Write(",\"usage\":"u8);
            WriteUsage(w, call);
        }

        w.Write("}"u8);
    }

    public static void WriteUsage(BodyWriter w, SimulatedCall call)
    {
        var u = call.Usage;
        w.Write($$"""{"inputTokens":{{u.Uncached}},"outputTokens":{{u.Output}},"totalTokens":{{u.Input + u.Output}},"serverToolUsage":{}""");
        if (u.CacheWrite5m + u.CacheWrite1h > 0)
            w.Write($$""","cacheDetails":[{"inputTokens":{{u.CacheWrite5m}},"ttl":"5m"},{"inputTokens":{{u.CacheWrite1h}},"ttl":"1h"}]""");
        if (u.Input > u.Uncached)
        {
            var written = u.CacheWrite5m + u.CacheWrite1h;
            w.Write($$""","cacheReadInputTokenCount":{{u.Cached}},"cacheReadInputTokens":{{u.Cached}},"cacheWriteInputTokenCount":{{written}},"cacheWriteInputTokens":{{written}}""");
        }

        w.Write("}"u8);
    }

    public static string ToolUseId(SimulatedCall call) => IdText.Base62("tooluse_", call.IdSeed + 1, 22);
}
