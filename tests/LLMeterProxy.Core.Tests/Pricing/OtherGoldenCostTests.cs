using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>Costs worked out by hand from the list prices, in the comment above each.</summary>
public sealed class OtherGoldenCostTests
{
    // A52: candidates 200 + thoughts 1,800 are one output: 1,000 x 0.30/M + 2,000 x 2.50/M = 0.0003 + 0.005
    [Fact]
    [Trait("Acceptance", "A52")]
    [Trait("Acceptance", "G32")]
    public void Gemini_thoughts_are_output() => Assert.Equal(0.0053m, Usd("gemini", "gemini-2.5-flash", Report(Tokens(1000, output: 2000, reasoning: 1800))));

    // 200,000 x 1.25/M + 10 x 10/M
    [Fact]
    public void Gemini_pro_at_its_cliff() => Assert.Equal(0.2501m, Usd("gemini", "gemini-2.5-pro", Report(Tokens(200_000, output: 10))));

    // 1 x 2.50/M + 200,000 x 0.25/M + 10 x 15/M = 0.0000025 + 0.05 + 0.00015
    [Fact]
    [Trait("Acceptance", "A54")]
    [Trait("Acceptance", "G28")]
    public void Gemini_pro_above_its_cliff_with_cache() => Assert.Equal(0.0501525m, Usd("gemini", "gemini-2.5-pro", Report(Tokens(1, read: 200_000, output: 10))));

    // 300 text x 0.30/M, 700 audio x 1/M, 100 cached text x 0.03/M, 50 cached audio x 0.10/M, 10 x 2.50/M
    // = 0.00009 + 0.0007 + 0.000003 + 0.000005 + 0.000025. The audio figure of 750 includes the 50 cached.
    [Fact]
    public void Gemini_audio_and_its_cached_part() =>
        Assert.Equal(0.000823m, Usd("gemini", "gemini-2.5-flash", Report(Tokens(1000, read: 150, output: 10) with { AudioInputTokens = 750, AudioCacheReadTokens = 50 })));

    // 10 x 0.30/M + 96 x 2.50/M + 1,120 x 30/M = 0.000003 + 0.00024 + 0.0336
    [Fact]
    public void Gemini_image_output() => Assert.Equal(0.033843m, Usd("gemini", "gemini-2.5-flash-image", Report(Tokens(10, output: 1216) with { ImageOutputTokens = 1120 })));

    // 1.8 x (1,000 x 2/M + 1,000 x 12/M) = 1.8 x 0.014
    [Fact]
    public void Gemini_priority_by_the_traffic_type() =>
        Assert.Equal(0.0252m, Usd("gemini", "gemini-3.1-pro-preview", Report(Tokens(1000, output: 1000), tier: "ON_DEMAND_PRIORITY")));

    // 1.8 x (200,001 x 4/M + 1,000 x 18/M) = 1.8 x 0.818004
    [Fact]
    public void Gemini_priority_stacks_on_long_context() =>
        Assert.Equal(1.4724072m, Usd("gemini", "gemini-3.1-pro-preview", Report(Tokens(200_001, output: 1000), tier: "priority")));

    // 100 x 0.50/M + 10 x 3/M + 3 queries x 0.014 = 0.00005 + 0.00003 + 0.042
    [Fact]
    [Trait("Acceptance", "A61")]
    public void Gemini_3_grounding_by_query() =>
        Assert.Equal(0.04208m, Usd("gemini", "models/gemini-3-flash-preview", Report(Tokens(100, output: 10) with { Units = [new UnitCount(UnitNames.GroundingQuery, 3)] })));

    // 100 x 0.10/M + 10 x 0.40/M + 0.035 = 0.00001 + 0.000004 + 0.035
    [Fact]
    public void Gemini_2_grounding_by_prompt() =>
        Assert.Equal(0.035014m, Usd("gemini", "gemini-2.0-flash-001", Report(Tokens(100, output: 10) with { Units = [new UnitCount(UnitNames.GroundedPrompt, 1)] })));

    // 1,000 x 0.75/M + 1,000 x 3.75/M in 2026, 1,000 x 1.50/M + 1,000 x 7.50/M from 2027
    [Fact]
    public void A_price_that_is_announced_holds_from_its_day()
    {
        var report = Report(Tokens(1000, output: 1000));
        Assert.Equal(0.0045m, Usd("gemini", "gemini-3.6-flash", report, new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero)));
        Assert.Equal(0.009m, Usd("gemini", "gemini-3.6-flash", report, new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    // 3 x 0.15/M = 0.00000045
    [Fact]
    public void Gemini_embedding() => Assert.Equal(0.00000045m, Usd("gemini", "gemini-embedding-001", Report(Tokens(3))));

    // 100 x 3/M + 10 x 15/M by Anthropic's own list
    [Fact]
    public void OpenRouter_falls_back_to_the_list_of_the_vendor() =>
        Assert.Equal(0.00045m, Usd("openrouter", "anthropic/claude-4.6-sonnet-20260217", Report(Tokens(100, output: 10))));

    // The figure of the provider counts: 0.007637 USD, whatever the tokens would cost
    [Fact]
    [Trait("Acceptance", "A60")]
    public void OpenRouters_own_cost_is_taken()
    {
        var report = Report(Tokens(100, output: 10)) with { ProviderCost = NanoUsd.FromUsd(0.007637m) };
        var cost = Price("openrouter", "anthropic/claude-sonnet-4.6", report, preferProviderCost: true);

        Assert.Equal(0.007637m, cost.Total?.ToUsd());
        var line = Assert.Single(cost.Lines);
        Assert.Equal((UnitNames.ProviderCost, 1m, 7_637_000_000_000m), (line.Unit, line.Quantity, line.PriceNanoUsdPerMillion));
    }

    // A call with the caller's own key states the upstream's cost, which the reader of the response puts here: 0.0123 USD
    [Fact]
    public void A_cost_of_the_own_key_is_taken_even_where_the_model_is_not_in_the_book()
    {
        var report = Report(Tokens(100, output: 10)) with { ProviderCost = NanoUsd.FromUsd(0.0123m) };
        Assert.Equal(0.0123m, Price("openrouter", "somebody/unheard-of", report, preferProviderCost: true).Total?.ToUsd());
    }

    // G33: a stated 0 does not beat 100 x 2.50/M + 10 x 10/M = 0.00035
    [Fact]
    [Trait("Acceptance", "G33")]
    public void A_stated_zero_does_not_override_a_priced_model()
    {
        var report = Report(Tokens(100, output: 10)) with { ProviderCost = NanoUsd.Zero };
        Assert.Equal(0.00035m, Price("openrouter", "openai/gpt-4o", report, preferProviderCost: true).Total?.ToUsd());
    }

    [Fact]
    public void A_stated_zero_of_a_free_model_is_taken()
    {
        var report = Report(Tokens(100, output: 10)) with { ProviderCost = NanoUsd.Zero };
        var cost = Price("openrouter", "meta-llama/llama-3.3-70b-instruct:free", report, preferProviderCost: true);
        Assert.Equal(0m, cost.Total?.ToUsd());
        Assert.Equal(UnitNames.ProviderCost, Assert.Single(cost.Lines).Unit);
    }

    // 100 x 2.50/M + 10 x 10/M: not asked for, the provider's figure is left alone
    [Fact]
    [Trait("Acceptance", "A60")]
    public void The_providers_figure_counts_only_where_it_is_preferred()
    {
        var report = Report(Tokens(100, output: 10)) with { ProviderCost = NanoUsd.FromUsd(1) };
        Assert.Equal(0.00035m, Price("openrouter", "openai/gpt-4o", report).Total?.ToUsd());
    }

    // 1,000 x 0.66/M + 500 x 0.022/M + 100 x 1.98/M = 0.00066 + 0.000011 + 0.000198, twice that from 06:00 to 10:00 UTC
    [Theory]
    [InlineData(5, 869_000)]
    [InlineData(6, 1_738_000)]
    [InlineData(9, 1_738_000)]
    [InlineData(10, 869_000)]
    public void DeepSeek_has_dear_hours(int hour, long nanoUsd) =>
        Assert.Equal(nanoUsd, Price("deepseek", "deepseek-v4-pro", Report(Tokens(1000, read: 500, output: 100)), new DateTimeOffset(2026, 11, 24, hour, 0, 0, TimeSpan.Zero)).Total?.Value);

    // 100 x 2/M + 200 visible x 8/M + 800 reasoning x 3/M + 4 searches x 0.005 = 0.0002 + 0.0016 + 0.0024 + 0.02
    [Fact]
    [Trait("Acceptance", "T71")]
    public void Deep_research_prices_reasoning_apart() =>
        Assert.Equal(0.0242m, Usd("perplexity", "sonar-deep-research", Report(Tokens(100, output: 1000, reasoning: 800) with { Units = [new UnitCount(UnitNames.WebSearch, 4)] })));

    // 10 x 1/M + 5 x 1/M + 0.005 for the request
    [Fact]
    public void A_request_fee_is_charged_once_even_where_the_response_counts_requests()
    {
        Assert.Equal(0.005015m, Usd("perplexity", "sonar", Report(Tokens(10, output: 5))));
        Assert.Equal(0.005015m, Usd("perplexity", "sonar", Report(Tokens(10, output: 5) with { Units = [new UnitCount(UnitNames.Request, 1)] })));
    }

    // Batch of xAI is 0.8 times: 0.8 x (1,000 x 1.25/M + 1,000 x 2.50/M)
    [Fact]
    public void Xai_batch_saves_a_fifth() => Assert.Equal(0.003m, Usd("xai", "grok-4.3", Report(Tokens(1000, output: 1000), tier: "batch")));

    // 3 search units x 0.002
    [Fact]
    public void Reranking_by_search_unit() => Assert.Equal(0.006m, Usd("cohere", "rerank-v3.5", Report(new TokenUsage { Units = [new UnitCount(UnitNames.SearchUnit, 3)] })));

    // 5 pages x 0.004
    [Fact]
    public void Pages_of_text_recognition() => Assert.Equal(0.02m, Usd("mistral", "mistral-ocr-latest", Report(new TokenUsage { Units = [new UnitCount(UnitNames.Page, 5)] })));
}
