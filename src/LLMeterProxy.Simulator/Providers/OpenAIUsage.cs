using System.Globalization;
using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Usage objects of OpenAI's shapes, cached and reasoning tokens being inside the totals.</summary>
internal static class OpenAIUsage
{
    /// <summary>The object of a chunk or of compact JSON.</summary>
    public static void WriteChat(BodyWriter writer, SimulatedCall call)
    {
        var u = call.Usage;
        if (call.Route.Shape == ProviderShape.OpenRouter)
        {
            writer.Write($$$"""{"prompt_tokens":{{{u.Input}}},"completion_tokens":{{{u.Output}}},"total_tokens":{{{u.Input + u.Output}}},"cost":{{{Usd(call.ExactNanoUsd)}}},"is_byok":false,"prompt_tokens_details":{"cached_tokens":{{{u.Cached}}},"cache_write_tokens":{{{u.CacheWrite5m + u.CacheWrite1h}}},"audio_tokens":0,"video_tokens":0},"cost_details":{{{CostDetails(call, "prompt", "completions")}}},"completion_tokens_details":{"reasoning_tokens":{{{u.Reasoning}}},"image_tokens":0,"audio_tokens":0}}""");
            return;
        }

        writer.Write($$$"""{"prompt_tokens":{{{u.Input}}},"completion_tokens":{{{u.Output}}},"total_tokens":{{{u.Input + u.Output}}},"prompt_tokens_details":{"cached_tokens":{{{u.Cached}}},"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":{{{u.Reasoning}}},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""");
    }

    /// <summary>The object of the legacy completions, without details.</summary>
    public static void WriteCompletions(BodyWriter writer, SimulatedCall call)
    {
        var u = call.Usage;
        writer.Write($$"""{"prompt_tokens":{{u.Input}},"completion_tokens":{{u.Output}},"total_tokens":{{u.Input + u.Output}}}""");
    }

    /// <summary>The object of the Responses API.</summary>
    public static void WriteResponses(BodyWriter writer, SimulatedCall call)
    {
        var u = call.Usage;
        writer.Write($$$"""{"input_tokens":{{{u.Input}}},"input_tokens_details":{"cached_tokens":{{{u.Cached}}}},"output_tokens":{{{u.Output}}},"output_tokens_details":{"reasoning_tokens":{{{u.Reasoning}}}},"total_tokens":{{{u.Input + u.Output}}}""");
        if (call.Route.Shape == ProviderShape.OpenRouter)
            writer.Write($$""","cost":{{Usd(call.ExactNanoUsd)}},"is_byok":false,"cost_details":{{CostDetails(call, "input", "output")}}""");
        writer.Write("}"u8);
    }

    /// <summary>An exact amount as a plain decimal number of USD.</summary>
    public static string Usd(decimal nanoUsd) => (nanoUsd / 1_000_000_000m).ToString("0.##################", CultureInfo.InvariantCulture);

    private static string CostDetails(SimulatedCall call, string input, string output)
    {
        var inputOnly = PriceList.NanoUsd(call.Served.PriceKey, call.Tier, call.Usage with { Output = 0, Reasoning = 0 }) ?? 0;
        var all = call.ExactNanoUsd;
        return $$"""{"upstream_inference_cost":{{Usd(all)}},"upstream_inference_{{input}}_cost":{{Usd(inputOnly)}},"upstream_inference_{{output}}_cost":{{Usd(all - inputOnly)}}}""";
    }
}
