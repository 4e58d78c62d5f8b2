using System.Collections.Frozen;

namespace LLMeterProxy.Simulator.Billing;

/// <summary>
/// What the simulated providers charge: a small table of public list prices (USD per million tokens, as of November 2026),
/// written here on its own so that it can judge the product's price book instead of repeating it.
/// </summary>
internal static class PriceList
{
    /// <summary>The line of models that cost nothing, whatever their names.</summary>
    public const string Free = "";

    private static readonly FrozenDictionary<string, ListPrice> _prices = new Dictionary<string, ListPrice>(StringComparer.Ordinal)
    {
        ["gpt-4o-mini"] = new(0.15m, 0.60m, 0.075m) { Priority = new(0.25m, 1.00m, 0.125m) },
        ["gpt-4o"] = new(2.50m, 10m, 1.25m) { Priority = new(4.25m, 17m, 2.125m) },
        ["gpt-4.1"] = new(2m, 8m, 0.50m) { Priority = new(3.50m, 14m, 0.875m) },
        ["gpt-4.1-mini"] = new(0.40m, 1.60m, 0.10m) { Priority = new(0.70m, 2.80m, 0.175m) },
        ["gpt-5"] = new(1.25m, 10m, 0.125m) { Flex = new(0.625m, 5m, 0.0625m), Priority = new(2.50m, 20m, 0.25m) },
        ["gpt-5-mini"] = new(0.25m, 2m, 0.025m) { Flex = new(0.125m, 1m, 0.0125m), Priority = new(0.45m, 3.60m, 0.045m) },
        ["gpt-5.4"] = new(2.50m, 15m, 0.25m)
        {
            LongContextAbove = 272_000,
            LongContext = new(5m, 22.50m, 0.50m),
            Flex = new(1.25m, 7.50m, 0.13m),
            Priority = new(5m, 30m, 0.50m),
        },
        ["gpt-5.4-mini"] = new(0.75m, 4.50m, 0.075m) { Flex = new(0.375m, 2.25m, 0.0375m), Priority = new(1.50m, 9m, 0.15m) },
        ["gpt-3.5-turbo-instruct"] = new(1.50m, 2m),
        ["text-embedding-3-small"] = new(0.02m, 0m),
        ["text-embedding-3-large"] = new(0.13m, 0m),
        ["claude-sonnet-4-5"] = new(3m, 15m, 0.30m, 3.75m, 6m)
        {
            LongContextAbove = 200_000,
            LongContext = new(6m, 22.50m, 0.60m, 7.50m, 12m),
        },
        ["claude-haiku-4-5"] = new(1m, 5m, 0.10m, 1.25m, 2m),
        ["gemini-2.5-flash"] = new(0.30m, 2.50m, 0.03m),
        ["gemini-2.5-flash-lite"] = new(0.10m, 0.40m, 0.01m),
        ["gemini-2.5-pro"] = new(1.25m, 10m, 0.125m)
        {
            LongContextAbove = 200_000,
            LongContext = new(2.50m, 15m, 0.25m),
        },
        ["ministral-8b-latest"] = new(0.15m, 0.15m, 0.015m),
        ["mistral-medium-3-5"] = new(1.50m, 7.50m, 0.15m),
        ["mistral-embed"] = new(0.10m, 0m),
        ["llama-3.3-70b-versatile"] = new(0.59m, 0.79m),
        ["openai/gpt-oss-120b"] = new(0.15m, 0.60m, 0.075m),
        ["grok-4.3"] = new(1.25m, 2.50m, 0.20m)
        {
            LongContextAbove = 200_000,
            LongContext = new(2.50m, 5m, 0.40m),
        },
        ["sonar"] = new(1m, 1m) { Call = 0.005m },
        ["command-a-03-2025"] = new(2.50m, 10m),
        ["embed-v4.0"] = new(0.12m, 0m),
        ["rerank-v3.5"] = new(0m, 0m) { SearchUnit = 0.002m },
        ["amazon.nova-pro-v1:0"] = new(0.80m, 3.20m, 0.20m),
        // A profile of one geography costs a tenth more than the global one.
        ["us.anthropic.claude-haiku-4-5-20251001-v1:0"] = new(1.10m, 5.50m, 0.11m, 1.375m, 2.20m),
        ["global.anthropic.claude-haiku-4-5-20251001-v1:0"] = new(1m, 5m, 0.10m, 1.25m, 2m),
        [Free] = new(0m, 0m),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Cost in nano-USD before rounding, or null where the list does not have the model.</summary>
    public static decimal? NanoUsd(string model, string? tier, in SimulatedUsage usage)
    {
        if (!_prices.TryGetValue(model, out var price))
            return null;
        if (price.LongContextAbove is { } limit && usage.Input > limit)
            return price.LongContext!.NanoUsd(usage);
        var tiered = tier switch
        {
            "flex" => price.Flex,
            "priority" => price.Priority,
            _ => null,
        };
        return (tiered ?? price).NanoUsd(usage);
    }

    /// <summary>Whether the model can be had at that tier; providers serve others at their default tier and say so.</summary>
    public static bool HasTier(string model, string tier) =>
        _prices.TryGetValue(model, out var price) && tier switch { "flex" => price.Flex, "priority" => price.Priority, _ => null } is not null;
}
