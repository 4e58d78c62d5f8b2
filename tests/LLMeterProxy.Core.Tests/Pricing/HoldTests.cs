using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

public sealed class HoldTests
{
    // 1,000 x 2/M + 2 choices x 500 x 10/M = 0.002 + 0.01
    [Fact]
    public void The_expected_cost_counts_every_choice() =>
        Assert.Equal(0.012m, Pricer.Expected(Card("openai", "gpt-6-sol"), new HoldInput { InputTokens = 1000, OutputTokens = 500, Choices = 2 }).ToUsd());

    // The dearest input is a cache write: 1,000 x 2.50/M + 2 x 500 x 10/M
    [Fact]
    public void The_bound_takes_the_dearest_input_class() =>
        Assert.Equal(0.0125m, Pricer.UpperBound(Card("openai", "gpt-6-sol"), new HoldInput { InputTokens = 1000, OutputTokens = 500, Choices = 2 }).ToUsd());

    // Long context: 300,000 x 5/M + 1,000 x 15/M
    [Fact]
    [Trait("Acceptance", "G4")]
    public void The_bound_takes_the_context_step_that_the_input_reaches() =>
        Assert.Equal(1.515m, Pricer.UpperBound(Card("openai", "gpt-6-sol"), new HoldInput { InputTokens = 300_000, OutputTokens = 1000, Choices = 1 }).ToUsd());

    // A request without a tier may be served at priority: 1,000 x 4.25/M + 1,000 x 17/M; one that asks for batch is not: 1,000 x 2.50/M + 1,000 x 10/M
    [Fact]
    public void The_bound_takes_the_highest_tier_that_can_be_reached()
    {
        var input = new HoldInput { InputTokens = 1000, OutputTokens = 1000, Choices = 1 };
        Assert.Equal(0.02125m, Pricer.UpperBound(Card("openai", "gpt-4o"), input).ToUsd());
        Assert.Equal(0.0125m, Pricer.UpperBound(Card("openai", "gpt-4o"), input with { ServiceTier = "batch" }).ToUsd());
    }

    // Writes for an hour 10/M, output 25/M, both 1.1 times in the US: 1.1 x (0.01 + 0.025); fast mode doubles that
    [Fact]
    public void The_bound_takes_the_fast_mode_unless_the_request_is_known_to_be_without()
    {
        var input = new HoldInput { InputTokens = 1000, OutputTokens = 1000, Choices = 1 };
        Assert.Equal(0.077m, Pricer.UpperBound(Card("anthropic", "claude-opus-4-8"), input).ToUsd());
        Assert.Equal(0.0385m, Pricer.UpperBound(Card("anthropic", "claude-opus-4-8"), input with { Speed = "standard" }).ToUsd());
    }

    // 3 calls of the dearest tool, a code interpreter session at 0.03, and 10 x 2/M
    [Fact]
    public void Tool_calls_are_held_at_the_dearest_tool() =>
        Assert.Equal(0.09002m, Pricer.Expected(Card("openai", "gpt-6-sol"), new HoldInput { InputTokens = 10, OutputTokens = 0, Choices = 1, ToolCalls = 3 }).ToUsd());

    // 1 x 0.02/M = 20 nano; 1 x 0.0025/M = 2.5 nano, held as 3
    [Fact]
    public void A_hold_is_rounded_up()
    {
        Assert.Equal(20, Pricer.Expected(Card("openai", "text-embedding-3-small"), new HoldInput { InputTokens = 1, OutputTokens = 0, Choices = 1 }).Value);
        var card = new RateCard { EffectiveFrom = Now, Rates = new Dictionary<string, decimal> { ["input_token"] = 2_500_000 } };
        Assert.Equal(3, Pricer.Expected(card, new HoldInput { InputTokens = 1, OutputTokens = 0, Choices = 1 }).Value);
    }

    [Fact]
    public void A_hold_of_nothing_at_a_priced_model_is_one_nano() =>
        Assert.Equal(1, Pricer.UpperBound(Card("openai", "gpt-4o"), new HoldInput { InputTokens = 0, OutputTokens = 0, Choices = 1 }).Value);

    [Fact]
    public void A_free_model_holds_nothing_and_its_output_is_unbounded()
    {
        var input = new HoldInput { InputTokens = 1000, OutputTokens = 1000, Choices = 1 };
        Assert.Equal(NanoUsd.Zero, Pricer.UpperBound(Card("openrouter", "a/b:free"), input));
        Assert.Equal(long.MaxValue, Pricer.LargestOutput(Card("openrouter", "a/b:free"), input, NanoUsd.Zero, strict: true));
    }

    // 0.01 USD less 1,000 x 2/M leaves 0.008; at 10/M for each of two choices that is 400 tokens
    [Fact]
    public void The_largest_output_fills_the_room() =>
        Assert.Equal(400, Pricer.LargestOutput(Card("openai", "gpt-6-sol"), new HoldInput { InputTokens = 1000, OutputTokens = 0, Choices = 2 }, NanoUsd.FromUsd(0.01m), strict: false));

    [Fact]
    public void No_output_fits_where_the_input_alone_is_too_dear() =>
        Assert.Equal(0, Pricer.LargestOutput(Card("openai", "gpt-6-sol"), new HoldInput { InputTokens = 100_000, OutputTokens = 0, Choices = 1 }, NanoUsd.FromUsd(0.01m), strict: true));

    [Fact]
    public void Absurd_requests_hold_a_billion_and_do_not_overflow() =>
        Assert.Equal(
            1_000_000_000m,
            Pricer.UpperBound(Card("openai", "o1-pro"), new HoldInput { InputTokens = long.MaxValue, OutputTokens = long.MaxValue, Choices = int.MaxValue, ToolCalls = int.MaxValue }).ToUsd());
}
