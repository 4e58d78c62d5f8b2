using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

public sealed class PricerTests
{
    [Fact]
    [Trait("Acceptance", "A56")]
    [Trait("Acceptance", "G30")]
    public void An_unknown_model_is_unpriced_and_not_free()
    {
        var cost = Price("openai", "gpt-99", Report(Tokens(100, output: 10)));
        Assert.Null(cost.Total);
        Assert.Empty(cost.Lines);
        Assert.Equal([UsageFlags.Unpriced], cost.Flags);
    }

    [Fact]
    [Trait("Acceptance", "A56")]
    public void A_response_without_usage_is_unpriced()
    {
        Assert.Equal([UsageFlags.Unpriced], Price("openai", "gpt-4o", UsageReport.Nothing).Flags);
        Assert.Null(Price("openai", "gpt-4o", UsageReport.Nothing).Total);
    }

    [Fact]
    public void A_stated_zero_for_an_unknown_model_stays_unpriced()
    {
        var report = Report(Tokens(100, output: 10)) with { ProviderCost = NanoUsd.Zero };
        Assert.Null(Price("openrouter", "somebody/unheard-of", report, preferProviderCost: true).Total);
    }

    [Fact]
    [Trait("Acceptance", "A57")]
    public void A_free_model_costs_zero_and_is_not_unpriced()
    {
        var cost = Price("openrouter", "somebody/new:free", Report(Tokens(100, output: 10)));
        Assert.Equal(NanoUsd.Zero, cost.Total);
        Assert.Empty(cost.Flags);
    }

    [Fact]
    public void Usage_before_the_first_entry_is_unpriced()
    {
        var model = ModelOf(new Dictionary<string, decimal> { [UnitNames.InputToken] = 1_000_000_000 });
        Assert.Equal([UsageFlags.Unpriced], Pricer.Price(Book, model, Report(Tokens(1)), DateTimeOffset.UnixEpoch, false).Flags);
    }

    [Fact]
    [Trait("Acceptance", "T72")]
    [Trait("Acceptance", "A61")]
    public void A_unit_without_a_price_is_flagged_and_the_rest_is_priced()
    {
        // 1,000 x 1/M + 100 x 5/M; pages have no price
        var cost = Price("anthropic", "claude-haiku-4-5", Report(Tokens(1000, output: 100) with { Units = [new UnitCount(UnitNames.Page, 2)] }));
        Assert.Equal(0.0015m, cost.Total?.ToUsd());
        Assert.Equal([UsageFlags.UnpricedDimension], cost.Flags);
    }

    [Fact]
    public void A_unit_of_quantity_zero_needs_no_price() =>
        Assert.Empty(Price("anthropic", "claude-haiku-4-5", Report(Tokens(10) with { Units = [new UnitCount(UnitNames.Page, 0)] })).Flags);

    [Fact]
    public void Usage_of_which_nothing_has_a_price_is_unpriced() =>
        Assert.Null(Price("openai", "tts-1", Report(Tokens(10, output: 10))).Total);

    [Fact]
    public void An_extra_of_an_unknown_model_is_flagged()
    {
        var cost = Price("anthropic", "claude-haiku-4-5", Report(Tokens(1000)) with { Extra = [new ExtraUsage("advisor_message", "claude-who", Tokens(5))] });
        Assert.Equal(0.001m, cost.Total?.ToUsd());
        Assert.Equal([UsageFlags.UnpricedDimension], cost.Flags);
    }

    [Theory]
    [InlineData("scale")]
    [InlineData("priority")]
    [InlineData("PROVISIONED_THROUGHPUT")]
    public void A_tier_without_a_price_is_charged_as_standard_and_flagged(string tier)
    {
        var cost = Price("anthropic", "claude-haiku-4-5", Report(Tokens(1000), tier: tier));
        Assert.Equal(0.001m, cost.Total?.ToUsd());
        Assert.Equal([UsageFlags.TierUnpriced], cost.Flags);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("default")]
    [InlineData("standard")]
    [InlineData("on_demand")]
    [InlineData("ON_DEMAND")]
    [InlineData("auto")]
    public void The_names_of_the_standard_tier_are_one(string? tier) =>
        Assert.Empty(Price("anthropic", "claude-haiku-4-5", Report(Tokens(1000), tier: tier)).Flags);

    [Fact]
    public void A_speed_without_a_price_is_flagged() =>
        Assert.Equal([UsageFlags.TierUnpriced], Price("anthropic", "claude-haiku-4-5", Report(Tokens(1000), speed: "fast")).Flags);

    [Fact]
    public void A_one_hour_write_without_a_price_takes_the_five_minute_one_and_is_flagged()
    {
        var model = ModelOf(new Dictionary<string, decimal> { [UnitNames.InputToken] = 1_000_000_000, [UnitNames.CacheWrite5mToken] = 2_000_000_000 });
        var cost = Pricer.Price(Book, model, Report(Tokens(write1h: 10)), Now, false);
        Assert.Equal(20_000, cost.Total?.Value);
        Assert.Equal([UsageFlags.UnpricedDimension], cost.Flags);
    }

    [Fact]
    public void Reasoning_with_a_price_of_its_own_is_not_charged_as_output_too()
    {
        var model = ModelOf(new Dictionary<string, decimal> { [UnitNames.OutputToken] = 8_000_000_000, [UnitNames.ReasoningToken] = 3_000_000_000 });
        var cost = Pricer.Price(Book, model, Report(Tokens(output: 10, reasoning: 4)), Now, false);
        Assert.Equal((6 * 8_000) + (4 * 3_000), cost.Total?.Value);
    }

    [Fact]
    public void More_reasoning_than_output_is_charged_as_far_as_there_is_output()
    {
        var model = ModelOf(new Dictionary<string, decimal> { [UnitNames.OutputToken] = 8_000_000_000, [UnitNames.ReasoningToken] = 3_000_000_000 });
        Assert.Equal(30_000, Pricer.Price(Book, model, Report(Tokens(output: 10, reasoning: 11)), Now, false).Total?.Value);
    }

    [Fact]
    [Trait("Acceptance", "G32")]
    public void Input_that_is_in_no_class_is_charged_as_input() =>
        Assert.Equal(100_000, Price("anthropic", "claude-haiku-4-5", Report(new TokenUsage { InputTokens = 100 })).Total?.Value);

    [Fact]
    [Trait("Acceptance", "T68")]
    public void Negative_counts_never_lower_a_cost() =>
        Assert.Equal(100_000, Price("anthropic", "claude-haiku-4-5", Report(Tokens(100) with { CacheReadTokens = -50, OutputTokens = -3 })).Total?.Value);

    [Theory]
    [InlineData("16:29", 1.0)]
    [InlineData("16:30", 0.5)]
    [InlineData("23:59", 0.5)]
    [InlineData("00:29", 0.5)]
    [InlineData("00:30", 1.0)]
    public void Hours_of_the_day_cross_midnight(string time, double factor)
    {
        var model = ModelOf(new Dictionary<string, decimal> { [UnitNames.InputToken] = 1_000_000_000 }, new DailyWindow(new TimeOnly(16, 30), new TimeOnly(0, 30), 0.5m));
        var at = new DateTimeOffset(new DateOnly(2026, 11, 24), TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);
        Assert.Equal((long)(1000 * factor), Pricer.Price(Book, model, Report(Tokens(1)), at, false).Total?.Value);
    }

    [Fact]
    [Trait("Acceptance", "T114")]
    public void A_million_calls_of_one_token_sum_exactly()
    {
        var model = Book.Resolve("openai", "gpt-4o-mini");
        var report = Report(Tokens(1));
        var total = NanoUsd.Zero;
        for (var i = 0; i < 1_000_000; i++)
        {
            total += Pricer.Price(Book, model, report, Now, false).Total!.Value;
        }

        Assert.Equal(0.15m, total.ToUsd());
    }

    // 3 x 0.0000005 nano of each of two units: 1.5 + 1.5 = 3 nano; each line alone would round to 2
    [Fact]
    public void The_sum_is_rounded_once_and_not_each_line()
    {
        var model = ModelOf(new Dictionary<string, decimal> { [UnitNames.InputToken] = 500_000, [UnitNames.OutputToken] = 500_000 });
        var cost = Pricer.Price(Book, model, Report(Tokens(3, output: 3)), Now, false);
        Assert.Equal(3, cost.Total?.Value);
        Assert.Equal([2L, 1L], cost.Lines.Select(l => l.Cost.Value));
    }

    // 0.3 + 0.7 = 1 nano, which goes to the line that has lost more by rounding down
    [Fact]
    public void The_line_with_the_largest_remainder_gets_the_nano()
    {
        var model = ModelOf(new Dictionary<string, decimal> { [UnitNames.InputToken] = 300_000, [UnitNames.OutputToken] = 700_000 });
        var cost = Pricer.Price(Book, model, Report(Tokens(1, output: 1)), Now, false);
        Assert.Equal([0L, 1L], cost.Lines.Select(l => l.Cost.Value));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 2)]
    [InlineData(5, 2)]
    [InlineData(7, 4)]
    public void Halves_are_rounded_to_even(long tokens, long nano)
    {
        var model = ModelOf(new Dictionary<string, decimal> { [UnitNames.InputToken] = 500_000 });
        Assert.Equal(nano, Pricer.Price(Book, model, Report(Tokens(tokens)), Now, false).Total?.Value);
    }

    [Fact]
    [Trait("Acceptance", "T68")]
    public void Counts_that_no_provider_can_mean_do_not_pass_silently() =>
        Assert.Throws<OverflowException>(() => Price("openai", "o1-pro", Report(Tokens(output: long.MaxValue))));

    [Fact]
    [Trait("Acceptance", "I18")]
    [Trait("Acceptance", "A59")]
    public void Pricing_again_gives_the_same()
    {
        var report = Report(Tokens(123, read: 456, write5m: 7, write1h: 8, output: 99), geo: "us");
        var first = Price("anthropic", "claude-opus-5", report);
        var second = Price("anthropic", "claude-opus-5", report);
        Assert.Equal(first.Total, second.Total);
        Assert.Equal(first.Lines, second.Lines);
    }

    private static PricedModel ModelOf(Dictionary<string, decimal> rates, params DailyWindow[] hours) => new()
    {
        Id = "m",
        Provider = "p",
        RateCards = [new RateCard { EffectiveFrom = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), Rates = rates, DailyWindows = hours }],
    };
}
