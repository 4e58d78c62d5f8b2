using System.Text.Json;
using LLMeterProxy.CaptureTests.Recordings;

namespace LLMeterProxy.CaptureTests.Comparison;

/// <summary>The provider's own figure, the tier, and lines that are disjoint and sum to the cost.</summary>
internal static class MoneyComparison
{
    private const decimal NanoPerUsd = 1_000_000_000m;

    public static IEnumerable<Difference> Of(Capture capture, JsonElement record)
    {
        if (capture.IsError)
            return record.Count("costNanoUsd") == 0 ? [] : [new Difference("cost of an error", "0", $"{record.Count("costNanoUsd")}")];
        return [.. ProviderCost(capture, record), .. Tier(capture, record), .. LineComparison.Of(capture, record)];
    }

    private static IEnumerable<Difference> ProviderCost(Capture capture, JsonElement record)
    {
        var other = capture.Expected.At("other_billed_units");

        // The index lists the cost for some formats alone; the usage object has it in all.
        var stated = Nano(other.Number("provider_cost_usd") ?? capture.RawUsage.Number("cost"));
        var got = record.Count("providerCostNanoUsd");

        // With the caller's own key the provider charges nothing, and the spend is the upstream's.
        var isByok = other.At("is_byok").ValueKind == JsonValueKind.True;
        var upstream = isByok ? Nano(other.At("cost_details").Number("upstream_inference_cost")) : null;
        if (got != stated && !(isByok && got == upstream) && !(stated == 0 && got is null))
            yield return new Difference("provider cost, nano-USD", $"{stated?.ToString() ?? "none"}", $"{got?.ToString() ?? "none"}");
    }

    private static IEnumerable<Difference> Tier(Capture capture, JsonElement record)
    {
        var other = capture.Expected.At("other_billed_units");
        var stated = other.At("service_tier") is { ValueKind: JsonValueKind.String } tier ? tier.GetString()
            : other.At("traffic_type") is { ValueKind: JsonValueKind.String } traffic ? traffic.GetString()
            : null;
        if (stated is not null && Plain(stated) != Plain(record.Text("serviceTier")))
            yield return new Difference("service tier", stated, record.Text("serviceTier"));
    }

    // The providers' names of what costs the list price.
    private static string Plain(string tier) => tier.ToLowerInvariant() switch
    {
        "standard" or "on_demand" or "default" or "" => "default",
        var other => other.Replace("on_demand_", "", StringComparison.Ordinal),
    };

    private static long? Nano(decimal? usd) => usd is { } amount ? (long)Math.Round(amount * NanoPerUsd, MidpointRounding.ToEven) : null;
}
