using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Anthropic's usage object: cache reads and writes stand beside <c>input_tokens</c>, thinking is inside the output.</summary>
internal static class AnthropicUsage
{
    /// <summary>The input side with the output so far: in whole messages and in <c>message_start</c>.</summary>
    public static void Write(BodyWriter writer, SimulatedCall call, long output)
    {
        var u = call.Usage;
        writer.Write($$$"""{"input_tokens":{{{u.Uncached}}},"cache_creation_input_tokens":{{{u.CacheWrite5m + u.CacheWrite1h}}},"cache_read_input_tokens":{{{u.Cached}}},"cache_creation":{"ephemeral_5m_input_tokens":{{{u.CacheWrite5m}}},"ephemeral_1h_input_tokens":{{{u.CacheWrite1h}}}},"output_tokens":{{{output}}},"service_tier":"{{{call.Tier}}}","inference_geo":"not_available"}""");
    }

    /// <summary>The cumulative form of <c>message_delta</c>, which repeats the input but neither the split of the writes nor the tier.</summary>
    public static void WriteDelta(BodyWriter writer, SimulatedCall call)
    {
        var u = call.Usage;
        writer.Write($$"""{"input_tokens":{{u.Uncached}},"cache_creation_input_tokens":{{u.CacheWrite5m + u.CacheWrite1h}},"cache_read_input_tokens":{{u.Cached}},"output_tokens":{{u.Output}}""");
        if (u.Reasoning > 0)
            writer.Write($",\"output_tokens_details\":{{\"thinking_tokens\":{u.Reasoning}}}");
        writer.Write("}"u8);
    }
}
