using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>Costs worked out by hand from the list prices, in the comment above each.</summary>
public sealed class OpenAiGoldenCostTests
{
    private static readonly DateTimeOffset _spring = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    // 1,000 x 0.15/M + 500 x 0.60/M = 0.00015 + 0.0003
    [Fact]
    public void Plain_input_and_output() => Assert.Equal(0.00045m, Usd("openai", "gpt-4o-mini", Report(Tokens(1000, output: 500))));

    // A50, T71: prompt 2,006 of which 1,920 cached: 86 x 2.50/M + 1,920 x 1.25/M + 300 x 10/M = 0.000215 + 0.0024 + 0.003
    [Fact]
    [Trait("Acceptance", "A50")]
    [Trait("Acceptance", "T71")]
    [Trait("Acceptance", "G25")]
    public void Cached_tokens_are_a_subset_priced_once() => Assert.Equal(0.005615m, Usd("openai", "gpt-4o-2024-08-06", Report(Tokens(86, read: 1920, output: 300))));

    // Reasoning is inside the output and costs what output costs: 1,000 x 2/M + 5,000 x 8/M = 0.002 + 0.04
    [Fact]
    [Trait("Acceptance", "A52")]
    public void Reasoning_is_not_charged_on_top() => Assert.Equal(0.042m, Usd("openai", "o3", Report(Tokens(1000, output: 5000, reasoning: 4800))));

    // 1,000,000 x 10/M + 100,000 x 40/M = 10 + 4, the price before 2025-06-10
    [Fact]
    public void The_entry_in_force_at_dispatch_decides() =>
        Assert.Equal(14m, Usd("openai", "o3", Report(Tokens(1_000_000, output: 100_000)), new DateTimeOffset(2025, 6, 9, 23, 59, 59, TimeSpan.Zero)));

    // 1,000,000 x 2/M + 100,000 x 8/M = 2 + 0.8, from the first instant of 2025-06-10
    [Fact]
    public void An_entry_begins_at_midnight_utc() =>
        Assert.Equal(2.8m, Usd("openai", "o3", Report(Tokens(1_000_000, output: 100_000)), new DateTimeOffset(2025, 6, 10, 0, 0, 0, TimeSpan.Zero)));

    // 8 x 5/M + 4,012 x 6.25/M = 0.00004 + 0.025075; + 4 x 30/M = 0.00012
    [Fact]
    public void Cache_writes_cost_a_quarter_more() =>
        Assert.Equal(0.025235m, Usd("openai", "gpt-5.6-sol", Report(Tokens(8, write5m: 4012, output: 4)), _spring));

    // 8 x 4/M + 4,012 x 5/M + 4 x 20/M = 0.000032 + 0.02006 + 0.00008, after the cut of 2026-08-21; gpt-5.6 is its alias
    [Fact]
    public void A_price_cut_holds_from_its_date() => Assert.Equal(0.020172m, Usd("openai", "gpt-5.6", Report(Tokens(8, write5m: 4012, output: 4))));

    // 10,000 x 0.20/M + 2,000 x 1.20/M = 0.002 + 0.0024
    [Fact]
    public void Luna_after_its_cut() => Assert.Equal(0.0044m, Usd("openai", "gpt-5.6-luna", Report(Tokens(10_000, output: 2000))));

    // A54, G28: 272,000 x 2.50/M + 1,000 x 15/M = 0.68 + 0.015
    [Fact]
    [Trait("Acceptance", "A54")]
    [Trait("Acceptance", "G28")]
    public void At_the_cliff_the_low_price_holds() => Assert.Equal(0.695m, Usd("openai", "gpt-5.4", Report(Tokens(272_000, output: 1000))));

    // One token more: 272,001 x 5/M + 1,000 x 22.50/M = 1.360005 + 0.0225
    [Fact]
    public void Above_the_cliff_every_token_is_dearer() => Assert.Equal(1.382505m, Usd("openai", "gpt-5.4", Report(Tokens(272_001, output: 1000))));

    // Cached tokens count for the cliff: 2,001 x 5/M + 270,000 x 0.50/M + 1,000 x 22.50/M = 0.010005 + 0.135 + 0.0225
    [Fact]
    [Trait("Acceptance", "A54")]
    [Trait("Acceptance", "G28")]
    public void Cached_input_counts_for_the_cliff() => Assert.Equal(0.167505m, Usd("openai", "gpt-5.4-2026-03-05", Report(Tokens(2001, read: 270_000, output: 1000))));

    // Batch halves the long-context price: (300,000 x 5/M + 1,000 x 22.50/M) / 2 = (1.5 + 0.0225) / 2
    [Fact]
    public void Batch_halves_the_long_context_price() => Assert.Equal(0.76125m, Usd("openai", "gpt-5.4", Report(Tokens(300_000, output: 1000), tier: "batch")));

    // A53, G29: 10,000 x 0.125/M + 4,000 x 0.0125/M + 2,000 x 1/M = 0.00125 + 0.00005 + 0.002
    [Fact]
    [Trait("Acceptance", "A53")]
    [Trait("Acceptance", "G29")]
    public void Flex_holds_for_every_class() => Assert.Equal(0.0033m, Usd("openai", "gpt-5-mini", Report(Tokens(10_000, read: 4000, output: 2000), tier: "flex")));

    // Priority is 1.8 times here: 10,000 x 0.45/M + 4,000 x 0.045/M + 2,000 x 3.60/M = 0.0045 + 0.00018 + 0.0072
    [Fact]
    public void Priority_at_its_own_rates() => Assert.Equal(0.01188m, Usd("openai", "gpt-5-mini", Report(Tokens(10_000, read: 4000, output: 2000), tier: "priority")));

    // Its cached rate is 2.125, which no factor on 1.25 gives that also gives 4.25 from 2.50 and 17 from 10:
    // 1,000 x 4.25/M + 1,000 x 2.125/M + 1,000 x 17/M
    [Fact]
    public void Priority_of_gpt_4o() => Assert.Equal(0.023375m, Usd("openai", "gpt-4o", Report(Tokens(1000, read: 1000, output: 1000), tier: "priority")));

    // G28: priority does not stack on long context: 300,000 x 5/M + 1,000 x 22.50/M = 1.5 + 0.0225
    [Fact]
    [Trait("Acceptance", "G28")]
    public void Priority_does_not_stack_on_long_context() => Assert.Equal(1.5225m, Usd("openai", "gpt-5.4", Report(Tokens(300_000, output: 1000), tier: "priority")));

    // (1,000 x 2/M + 1,000 x 8/M) / 2
    [Fact]
    public void Batch_is_half() => Assert.Equal(0.005m, Usd("openai", "gpt-4.1", Report(Tokens(1000, output: 1000), tier: "batch")));

    // The snapshot has no tier prices in some catalogues; here it is the same entry: 1,000 x 3.50/M + 1,000 x 14/M
    [Fact]
    [Trait("Acceptance", "A55")]
    [Trait("Acceptance", "G31")]
    public void A_snapshot_has_the_tiers_of_its_model() => Assert.Equal(0.0175m, Usd("openai", "gpt-4.1-2025-04-14", Report(Tokens(1000, output: 1000), tier: "priority")));

    // 8,576 x 1.25/M + 52 x 10/M + 7 searches x 0.01 = 0.01072 + 0.00052 + 0.07
    [Fact]
    [Trait("Acceptance", "A61")]
    public void Web_searches_cost_by_call() =>
        Assert.Equal(0.08124m, Usd("openai", "gpt-5", Report(Tokens(8576, output: 52) with { Units = [new UnitCount(UnitNames.WebSearch, 7)] })));

    // A tier does not change a fee by call: (1,000 x 1.25/M + 100 x 10/M) / 2 + 0.01 + 0.0025 + 0.03
    [Fact]
    public void A_tier_does_not_change_fees_by_call() =>
        Assert.Equal(0.043625m, Usd("openai", "gpt-5", Report(
            Tokens(1000, output: 100) with
            {
                Units = [new UnitCount(UnitNames.WebSearch, 1), new UnitCount(UnitNames.FileSearch, 1), new UnitCount(UnitNames.CodeInterpreterSession, 1)],
            },
            tier: "batch")));

    // 100 x 2.50/M + 20 x 10/M + one search that no counter tells, 0.025
    [Fact]
    public void A_search_model_has_a_fee_for_each_call() => Assert.Equal(0.02545m, Usd("openai", "gpt-4o-search-preview-2025-03-11", Report(Tokens(100, output: 20))));

    // 20 of 120 input tokens are text: 20 x 2.50/M + 100 x 32/M + 30 x 10/M + 200 x 64/M = 0.00005 + 0.0032 + 0.0003 + 0.0128
    [Fact]
    [Trait("Acceptance", "T71")]
    public void Audio_tokens_are_priced_apart_and_once() =>
        Assert.Equal(0.01635m, Usd("openai", "gpt-audio", Report(Tokens(120, output: 230) with { AudioInputTokens = 100, AudioOutputTokens = 200 })));

    // gpt-4o prices no audio apart, so audio is plain input: 120 x 2.50/M
    [Fact]
    public void Audio_without_a_price_of_its_own_is_plain_input() => Assert.Equal(0.0003m, Usd("openai", "gpt-4o", Report(Tokens(120) with { AudioInputTokens = 100 })));

    // 10 text x 5/M + 194 image x 8/M + 308 text out x 10/M + 1,056 image out x 32/M = 0.00005 + 0.001552 + 0.00308 + 0.033792
    [Fact]
    public void Image_tokens_by_direction() =>
        Assert.Equal(0.038474m, Usd("openai", "gpt-image-1.5", Report(Tokens(204, output: 1364) with { ImageInputTokens = 194, ImageOutputTokens = 1056 })));

    // 12.5 s x 0.0001
    [Fact]
    public void Seconds_may_be_fractions() => Assert.Equal(0.00125m, Usd("openai", "whisper-1", Report(new TokenUsage { Units = [new UnitCount(UnitNames.Second, 12.5m)] })));

    // 1,234 characters x 0.000015
    [Fact]
    public void Characters_of_speech() => Assert.Equal(0.01851m, Usd("openai", "tts-1", Report(new TokenUsage { Units = [new UnitCount(UnitNames.Character, 1234)] })));

    // 8 x 0.02/M = 0.00000016
    [Fact]
    public void An_embedding_of_a_few_tokens() => Assert.Equal(0.00000016m, Usd("openai", "text-embedding-3-small", Report(Tokens(8))));

    // 1,000 x 3.75/M + 1,000 x 15/M: a fine-tune has its own price
    [Fact]
    public void A_fine_tune_has_its_own_price() => Assert.Equal(0.01875m, Usd("openai", "ft:gpt-4o-2024-08-06:acme:bot:9aBc", Report(Tokens(1000, output: 1000))));

    // 1,000 x 150/M + 1,000 x 600/M
    [Fact]
    public void The_dearest_model() => Assert.Equal(0.75m, Usd("openai", "o1-pro-2025-03-19", Report(Tokens(1000, output: 1000))));

    // 300,000 x 4/M + 10,000 x 15/M = 1.2 + 0.15
    [Fact]
    public void Long_context_of_gpt_6_sol() => Assert.Equal(1.35m, Usd("openai", "gpt-6-sol", Report(Tokens(300_000, output: 10_000))));

    // 100 x 0/M: stated as free
    [Fact]
    [Trait("Acceptance", "A57")]
    public void Moderation_is_free() => Assert.Equal(0m, Usd("openai", "omni-moderation-latest", Report(Tokens(100))));
}
