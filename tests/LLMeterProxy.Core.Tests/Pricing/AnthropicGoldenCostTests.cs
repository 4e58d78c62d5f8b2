using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>Costs worked out by hand from the list prices, in the comment above each.</summary>
public sealed class AnthropicGoldenCostTests
{
    // G25: 6 x 5/M + 159,217 x 6.25/M + 2,745 x 25/M = 0.00003 + 0.99510625 + 0.068625
    [Fact]
    [Trait("Acceptance", "G25")]
    public void A_large_cache_write_is_priced_once() =>
        Assert.Equal(1.06376125m, Usd("anthropic", "claude-opus-4-5-20251101", Report(Tokens(6, write5m: 159_217, output: 2745))));

    // A51, G27: 10 x 3/M + 67 x 3.75/M + 1,603 x 6/M + 13 x 15/M = 0.00003 + 0.00025125 + 0.009618 + 0.000195
    [Fact]
    [Trait("Acceptance", "A51")]
    [Trait("Acceptance", "G27")]
    [Trait("Acceptance", "T71")]
    public void Five_minute_and_one_hour_writes_have_their_own_prices() =>
        Assert.Equal(0.01009425m, Usd("anthropic", "claude-sonnet-4-5-20250929", Report(Tokens(10, write5m: 67, write1h: 1603, output: 13))));

    // 100 x 1/M + 20,000 x 0.10/M + 500 x 5/M = 0.0001 + 0.002 + 0.0025
    [Fact]
    public void Cache_reads_cost_a_tenth() => Assert.Equal(0.0046m, Usd("anthropic", "claude-haiku-4-5", Report(Tokens(100, read: 20_000, output: 500))));

    // 100 x 10/M + 20,000 x 0.25/M + 500 x 50/M = 0.001 + 0.005 + 0.025
    [Fact]
    public void Fable_5_1_reads_cost_a_fortieth() => Assert.Equal(0.031m, Usd("anthropic", "claude-fable-5-1", Report(Tokens(100, read: 20_000, output: 500))));

    // (100 x 2/M + 20,000 x 0.20/M + 500 x 10/M) / 2 = (0.0002 + 0.004 + 0.005) / 2
    [Fact]
    [Trait("Acceptance", "A53")]
    public void Batch_halves_every_class() => Assert.Equal(0.0046m, Usd("anthropic", "claude-sonnet-5", Report(Tokens(100, read: 20_000, output: 500), tier: "batch")));

    // 6 x (1,000 x 5/M + 1,000 x 25/M) = 6 x 0.03
    [Fact]
    public void Fast_mode_multiplies() => Assert.Equal(0.18m, Usd("anthropic", "claude-opus-4-6", Report(Tokens(1000, output: 1000), speed: "fast")));

    // 2 x 1.1 x (1,000 x 5/M + 1,000 x 25/M) = 2.2 x 0.03
    [Fact]
    public void Fast_mode_and_region_multiply() => Assert.Equal(0.066m, Usd("anthropic", "claude-opus-4-8", Report(Tokens(1000, output: 1000), speed: "fast", geo: "us")));

    // 1.1 x (1,001 x 2/M + 7 x 10/M) = 1.1 x 0.002072; searches stay at 0.01
    [Fact]
    public void The_region_multiplies_tokens_and_not_searches() =>
        Assert.Equal(0.0122792m, Usd("anthropic", "claude-sonnet-5", Report(Tokens(1001, output: 7) with { Units = [new UnitCount(UnitNames.WebSearch, 1)] }, geo: "us")));

    // 1,000 x 5/M + 1,000 x 25/M
    [Fact]
    public void Global_and_standard_change_nothing() =>
        Assert.Equal(0.03m, Usd("anthropic", "claude-opus-5", Report(Tokens(1000, output: 1000), tier: "standard", speed: "standard", geo: "global")));

    // Before 2026-03-13: 200,001 x 6/M + 1,000 x 22.50/M = 1.200006 + 0.0225
    [Fact]
    public void Long_context_of_sonnet_4_6_while_it_had_one() =>
        Assert.Equal(1.222506m, Usd("anthropic", "claude-sonnet-4-6", Report(Tokens(200_001, output: 1000)), new DateTimeOffset(2026, 3, 12, 0, 0, 0, TimeSpan.Zero)));

    // A loop of server tools: 404,500 in all, 190,000 in its largest run, so that no run is above 200,000:
    // 404,500 x 3/M + 1,000 x 15/M = 1.2135 + 0.015; by the sum it would be 404,500 x 6/M + 1,000 x 22.50/M = 2.4495
    [Fact]
    [Trait("Acceptance", "G28")]
    public void Long_context_is_judged_by_the_largest_run_of_a_loop()
    {
        var before = new DateTimeOffset(2026, 3, 12, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(1.2285m, Usd("anthropic", "claude-sonnet-4-6", Report(Tokens(404_500, output: 1000) with { LargestRunInputTokens = 190_000 }), before));
        Assert.Equal(2.4495m, Usd("anthropic", "claude-sonnet-4-6", Report(Tokens(404_500, output: 1000) with { LargestRunInputTokens = 200_001 }), before));
    }

    // Since then: 200,001 x 3/M + 1,000 x 15/M = 0.600003 + 0.015
    [Fact]
    public void Long_context_of_sonnet_4_6_since() => Assert.Equal(0.615003m, Usd("anthropic", "claude-sonnet-4-6", Report(Tokens(200_001, output: 1000))));

    // 229 x 5/M + 44 x 25/M for the message, and beside it 100 x 5/M + 55,096 x 6.25/M + 300 x 25/M for the compaction:
    // 0.001145 + 0.0011 + 0.0005 + 0.34435 + 0.0075
    [Fact]
    public void A_compaction_is_charged_beside_the_totals() =>
        Assert.Equal(0.354595m, Usd("anthropic", "claude-opus-4-6", Report(Tokens(229, output: 44)) with
        {
            Extra = [new ExtraUsage("compaction", null, Tokens(100, write5m: 55_096, output: 300))],
        }));

    // 1,000 x 2/M + 100 x 10/M by sonnet, 500 x 5/M + 200 x 25/M by the advisor: 0.002 + 0.001 + 0.0025 + 0.005
    [Fact]
    public void An_advisor_is_charged_at_its_own_model()
    {
        var cost = Price("anthropic", "claude-sonnet-5", Report(Tokens(1000, output: 100)) with
        {
            Extra = [new ExtraUsage("advisor_message", "claude-opus-4-8", Tokens(500, output: 200))],
        });

        Assert.Equal(0.0105m, cost.Total?.ToUsd());
        Assert.Equal([null, null, "claude-opus-4-8", "claude-opus-4-8"], cost.Lines.Select(l => l.Model));
    }

    // 12 x 0.80/M + 3 x 4/M = 0.0000096 + 0.000012
    [Fact]
    public void Haiku_3_5_by_its_moving_name() => Assert.Equal(0.0000216m, Usd("anthropic", "claude-3-5-haiku-latest", Report(Tokens(12, output: 3))));
}
