using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>The usage object of chat completions as the providers spell it that took OpenAI's shape over.</summary>
internal static class CompatibleUsage
{
    /// <summary>Writes the object for a call of which that much output exists, reasoning included.</summary>
    public static void Write(BodyWriter w, SimulatedCall call, long output)
    {
        var u = call.Usage;
        switch (call.Route.Shape)
        {
            case ProviderShape.Mistral:
                w.Write($$$"""{"prompt_tokens":{{{u.Input}}},"total_tokens":{{{u.Input + output}}},"completion_tokens":{{{output}}},"num_cached_tokens":{{{u.Cached}}},"prompt_tokens_details":{"cached_tokens":{{{u.Cached}}}},"service_tier":"{{{call.Tier}}}"}""");
                break;
            case ProviderShape.Groq:
                w.Write($$$"""{"queue_time":0.019482213,"prompt_tokens":{{{u.Input}}},"prompt_time":0.000912344,"completion_tokens":{{{output}}},"completion_time":0.0318177,"total_tokens":{{{u.Input + output}}},"total_time":0.032730044""");
                if (u.Cached > 0)
                    w.Write($",\"prompt_tokens_details\":{{\"cached_tokens\":{u.Cached}}}");
                if (u.Reasoning > 0)
                    w.Write($",\"completion_tokens_details\":{{\"reasoning_tokens\":{u.Reasoning}}}");
                w.Write("}"u8);
                break;
            case ProviderShape.XAi:
                // Reasoning stands beside the completion's tokens here, and nowhere else; a tick is a tenth of a nano-USD.
                w.Write($$$"""{"prompt_tokens":{{{u.Input}}},"completion_tokens":{{{output - u.Reasoning}}},"total_tokens":{{{u.Input + output}}},"prompt_tokens_details":{"text_tokens":{{{u.Input}}},"audio_tokens":0,"image_tokens":0,"cached_tokens":{{{u.Cached}}}},"completion_tokens_details":{"reasoning_tokens":{{{u.Reasoning}}},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"num_sources_used":0,"cost_in_usd_ticks":{{{(long)(call.ExactNanoUsd * 10)}}}}""");
                break;
            case ProviderShape.DeepSeek:
                w.Write($$$"""{"prompt_tokens":{{{u.Input}}},"completion_tokens":{{{output}}},"total_tokens":{{{u.Input + output}}},"prompt_tokens_details":{"cached_tokens":{{{u.Cached}}}},"completion_tokens_details":{"reasoning_tokens":{{{u.Reasoning}}}},"prompt_cache_hit_tokens":{{{u.Cached}}},"prompt_cache_miss_tokens":{{{u.Input - u.Cached}}}}""");
                break;
            default:
                WritePerplexity(w, call, output);
                break;
        }
    }

    // The costs are rounded to a hundred-thousandth of a USD, which for short answers is worth nothing; the fee is exact.
    private static void WritePerplexity(BodyWriter w, SimulatedCall call, long output)
    {
        var u = call.Usage;
        var fee = PriceList.NanoUsd(call.Served.PriceKey, call.Tier, default) ?? 0;
        var input = (PriceList.NanoUsd(call.Served.PriceKey, call.Tier, u with { Output = 0, Reasoning = 0 }) ?? 0) - fee;
        var answer = (PriceList.NanoUsd(call.Served.PriceKey, call.Tier, new SimulatedUsage(0, 0, 0, 0, output, 0)) ?? 0) - fee;
        w.Write($$$"""{"prompt_tokens":{{{u.Input}}},"completion_tokens":{{{output}}},"total_tokens":{{{u.Input + output}}},"search_context_size":"low","cost":{"input_tokens_cost":{{{Rounded(input)}}},"output_tokens_cost":{{{Rounded(answer)}}},"request_cost":{{{OpenAIUsage.Usd(fee)}}},"total_cost":{{{OpenAIUsage.Usd((decimal.Round((input + answer) / 10_000m) * 10_000m) + fee)}}}}}""");
    }

    private static string Rounded(decimal nanoUsd) => OpenAIUsage.Usd(decimal.Round(nanoUsd / 10_000m) * 10_000m);
}
