using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>Costs at the providers that speak another's dialect, worked out by hand in the comment above each.</summary>
public sealed class CompatibleGoldenCostTests
{
    // 128,000 x 0.20/M + 100 x 0.50/M; one token more: 128,001 x 0.40/M + 100 x 1/M = 0.0512004 + 0.0001
    [Theory]
    [InlineData(128_000, 0.02565)]
    [InlineData(128_001, 0.0513004)]
    [Trait("Acceptance", "A54")]
    public void Grok_4_fast_doubles_above_128_000(long input, double usd) =>
        Assert.Equal((decimal)usd, Usd("xai", "grok-4-fast-reasoning", Report(Tokens(input, output: 100))));

    // Four steps: 1/5 to 32,000, 1.80/9 to 128,000, 3/15 to 256,000, 6/60 above, for every token of the call
    [Theory]
    [InlineData(32_000, 0.0325)]
    [InlineData(32_001, 0.0585018)]
    [InlineData(128_001, 0.385503)]
    [InlineData(300_000, 1.806)]
    [Trait("Acceptance", "A54")]
    public void Qwen_coder_has_four_steps(long input, double usd) =>
        Assert.Equal((decimal)usd, Usd("alibaba", "qwen3-coder-plus", Report(Tokens(input, output: 100))));

    // 512,001 x 0.60/M + 10 x 2.40/M = 0.3072006 + 0.000024
    [Fact]
    [Trait("Acceptance", "A54")]
    public void MiniMax_has_its_step_at_512_000() => Assert.Equal(0.3072246m, Usd("minimax", "MiniMax-M3", Report(Tokens(512_001, output: 10))));

    // 128,001 x 2.50/M + 10 x 10/M = 0.3200025 + 0.0001
    [Fact]
    public void Gemini_1_5_has_its_step_at_128_000() => Assert.Equal(0.3201025m, Usd("gemini", "gemini-1.5-pro", Report(Tokens(128_001, output: 10))));

    // 100 x 0.95/M + 900 x 0.16/M + 50 x 4/M = 0.000095 + 0.000144 + 0.0002
    [Fact]
    [Trait("Acceptance", "G26")]
    public void Kimi_with_cached_input() => Assert.Equal(0.000439m, Usd("moonshot", "kimi-k2.6", Report(Tokens(100, read: 900, output: 50))));

    // 1,000 x 1.74/M + 500 x 0.145/M + 100 x 3.48/M = 0.00174 + 0.0000725 + 0.000348
    [Fact]
    [Trait("Acceptance", "G26")]
    public void Fireworks_by_its_long_name() =>
        Assert.Equal(0.0021605m, Usd("fireworks", "accounts/fireworks/models/deepseek-v4-pro", Report(Tokens(1000, read: 500, output: 100))));

    // 2,000 x 0.88/M
    [Fact]
    public void Together_charges_input_and_output_alike() =>
        Assert.Equal(0.00176m, Usd("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", Report(Tokens(1000, output: 1000))));

    // 1,000 x 1.40/M + 400 x 0.26/M + 200 x 4.40/M = 0.0014 + 0.000104 + 0.00088
    [Fact]
    public void Glm_with_cached_input() => Assert.Equal(0.002384m, Usd("zai", "glm-5.2", Report(Tokens(1000, read: 400, output: 200))));

    // 1,000 x 0.40/M + 100 x 4/M of thought + 100 x 1.20/M = 0.0004 + 0.0004 + 0.00012
    [Fact]
    [Trait("Acceptance", "T71")]
    public void Qwen_prices_reasoning_apart() =>
        Assert.Equal(0.00092m, Usd("alibaba", "qwen-plus-2025-07-28", Report(Tokens(1000, output: 200, reasoning: 100))));

    // 1,000 x 0.35/M + 1,000 x 0.75/M
    [Fact]
    public void The_same_weights_cost_what_their_host_asks() => Assert.Equal(0.0011m, Usd("cerebras", "gpt-oss-120b", Report(Tokens(1000, output: 1000))));

    // A server of one's own: 0, and not unpriced
    [Theory]
    [InlineData("ollama", "gemma3:1b")]
    [InlineData("llamacpp", "Qwen3-1.7B-Q4_K_M")]
    [InlineData("vllm", "/models/anything at all")]
    [Trait("Acceptance", "A57")]
    public void Servers_of_ones_own_cost_nothing_and_say_so(string provider, string model)
    {
        var cost = Price(provider, model, Report(Tokens(100, read: 5, output: 10)));
        Assert.Equal(0, cost.Total?.Value);
        Assert.Empty(cost.Flags);
        Assert.True(Card(provider, model).IsFree);
    }

    // Part of the subscription: 0; billed by token: 1,000 x 1.75/M + 100 x 14/M
    [Theory]
    [InlineData("gpt-4o-2024-11-20", 0)]
    [InlineData("gpt-5.3-codex", 0.00315)]
    public void Copilot_bills_some_models_and_includes_others(string model, double usd) =>
        Assert.Equal((decimal)usd, Usd("github-copilot", model, Report(Tokens(1000, output: 100))));

    // 1,000 x 0.30/M + 500 x 1.20/M for the fine-tune; the base would be half of it
    [Fact]
    public void A_fine_tune_has_its_own_price() =>
        Assert.Equal(0.0009m, Usd("openai", "ft:gpt-4o-mini-2024-07-18:acme::AbC123", Report(Tokens(1000, output: 500))));

    // No entry of its own: unpriced, and not the price of the base
    [Fact]
    [Trait("Acceptance", "G30")]
    public void A_fine_tune_without_a_price_is_unpriced() =>
        Assert.Equal([UsageFlags.Unpriced], Price("openai", "ft:gpt-5.4-2026-03-05:acme::AbC123", Report(Tokens(1000, output: 500))).Flags);

    // Flex halves the long-context price, writes included: (1 x 8/M + 272,000 x 10/M + 100 x 30/M) / 2 = 2.723008 / 2
    [Fact]
    [Trait("Acceptance", "A53")]
    [Trait("Acceptance", "G28")]
    [Trait("Acceptance", "G29")]
    public void Flex_long_context_and_cache_writes_combine() =>
        Assert.Equal(1.361504m, Usd("openai", "gpt-5.6-sol", Report(Tokens(1, write5m: 272_000, output: 100), tier: "flex")));

    // 1,000 x 0.375/M + 400 x 0.0375/M + 100 x 1.875/M: half of 0.75, 0.075 and 3.75
    [Fact]
    [Trait("Acceptance", "A53")]
    public void Gemini_flex_halves_every_class() =>
        Assert.Equal(0.0005775m, Usd("gemini", "gemini-3.6-flash", Report(Tokens(1000, read: 400, output: 100), tier: "ON_DEMAND_FLEX")));

    // 1,000,000 x 0.02/M / 2
    [Fact]
    [Trait("Acceptance", "A53")]
    public void Embeddings_in_a_batch() => Assert.Equal(0.01m, Usd("openai", "text-embedding-3-small", Report(Tokens(1_000_000), tier: "batch")));

    // A launch price that ended: 1,000 x 0.075/M + 100 x 0.25/M until 2026-09-09, 1,000 x 0.15/M + 100 x 0.50/M since
    [Fact]
    public void An_offer_ends_on_its_day()
    {
        var report = Report(Tokens(1000, output: 100));
        Assert.Equal(0.0001m, Usd("zai", "glm-5.3-flash", report, new DateTimeOffset(2026, 9, 9, 23, 59, 59, TimeSpan.Zero)));
        Assert.Equal(0.0002m, Usd("zai", "glm-5.3-flash", report, new DateTimeOffset(2026, 9, 10, 0, 0, 0, TimeSpan.Zero)));
    }
}
