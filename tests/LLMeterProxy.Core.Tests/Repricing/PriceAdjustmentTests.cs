using System.Text;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Repricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Repricing;

public sealed class PriceAdjustmentTests
{
    private static readonly DateTimeOffset _noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly PriceBook _before = Book("2", "8");
    private static readonly PriceBook _after = Book("3", "8");

    // 1,000 x 2 / 10^6 + 100 x 8 / 10^6 = 0.0028 USD
    private static readonly UsageRecord _record = Attempts.Write(
        new UsageRecord
        {
            AttemptId = RequestIdGenerator.At(_noon).Attempt(1),
            Tenant = "acme",
            KeyId = "key_1",
            Provider = "p",
            Operation = "chat",
            ModelRequested = "alpha",
            Model = "alpha",
            Outcome = RequestOutcome.Completed,
            Source = UsageSource.Reported,
            Usage = new TokenUsage { InputTokens = 1_000, UncachedInputTokens = 1_000, OutputTokens = 100 },
            PriceVersion = "",
            Hold = new NanoUsd(9_000_000),
            Timings = new RequestTimings(_noon, 100, null, 200),
        },
        _before,
        Attempts.Provider);

    // Input from 2 to 3 USD: 1,000 x 3 / 10^6 - 1,000 x 2 / 10^6 = 0.001 USD; output is as before and has no line.
    [Fact]
    [Trait("Acceptance", "A59")]
    public void An_adjustment_shows_what_changed_and_nothing_else()
    {
        var repricing = PriceAdjustment.Of(new CorrectedRecord(_record, []), _after, Attempts.Provider);

        Assert.Equal((2_800_000L, 3_800_000L), (repricing.Before!.Value.Value, repricing.After!.Value.Value));
        var adjustment = repricing.Adjustment!;
        Assert.Equal(1_000_000, adjustment.Cost!.Value.Value);
        Assert.Equal((_before.Version, _after.Version), (adjustment.PreviousPriceVersion, adjustment.PriceVersion));
        Assert.Equal(
            [
                new CostLine(UnitNames.InputToken, 1_000, 3_000_000_000, new NanoUsd(3_000_000)),
                new CostLine(UnitNames.InputToken, -1_000, 2_000_000_000, new NanoUsd(-2_000_000)),
            ],
            adjustment.Lines);
    }

    [Theory]
    [InlineData(UsageSource.Reported, true)]
    [InlineData(UsageSource.Estimated, true)]
    [InlineData(UsageSource.Partial, true)]
    [InlineData(UsageSource.Free, false)]
    [InlineData(UsageSource.Unbilled, false)]
    public void What_nobody_is_charged_for_is_never_repriced(UsageSource source, bool concerned) =>
        Assert.Equal(concerned, PriceAdjustment.Concerns(_record with { Source = source }));

    [Fact]
    public void A_correction_is_not_repriced_itself() =>
        Assert.False(PriceAdjustment.Concerns(_record with { Corrects = RequestIdGenerator.At(_noon).Attempt(1) }));

    [Fact]
    [Trait("Acceptance", "A57")]
    public void A_price_of_zero_for_what_had_none_makes_it_free_and_no_longer_unpriced()
    {
        var unpriced = _record with { Cost = null, Billed = null, Lines = [], Flags = [UsageFlags.Unpriced] };

        var repricing = PriceAdjustment.Of(new CorrectedRecord(unpriced, []), Book("0", "0"), Attempts.Provider);

        Assert.Equal((null, NanoUsd.Zero), (repricing.Before, repricing.After));
        Assert.Equal(NanoUsd.Zero, repricing.Adjustment!.Cost);
        Assert.Contains(UsageFlags.PricedLater, repricing.Adjustment.Flags);
    }

    [Fact]
    public void What_a_book_does_not_know_keeps_its_cost()
    {
        var repricing = PriceAdjustment.Of(new CorrectedRecord(_record, []), _after, new PriceListPricing("another list", false));

        Assert.Equal(new Core.Repricing.Repricing(_record.Cost, _record.Cost, null, IsKept: true), repricing);
    }

    // A strict budget's orphan is charged its hold (design: "charged at its hold where a strict budget applies").
    [Fact]
    public void A_call_that_was_charged_its_hold_after_a_crash_keeps_it()
    {
        var orphan = _record with { Source = UsageSource.Estimated, Reason = "crash", Cost = _record.Hold, Lines = [HoldCharge.Line(_record.Hold)] };

        Assert.True(PriceAdjustment.Of(new CorrectedRecord(orphan, []), _after, Attempts.Provider).IsKept);
        Assert.NotNull(PriceAdjustment.Of(new CorrectedRecord(_record with { Reason = "crash" }, []), _after, Attempts.Provider).Adjustment);
    }

    [Fact]
    public void A_record_that_lost_figures_keeps_its_cost()
    {
        var degraded = _record with { Flags = [UsageFlags.Degraded] };
        var withoutExtra = _record with { Lines = [.. _record.Lines, new CostLine(UnitNames.OutputToken, 1, 1_000_000, new NanoUsd(1), "beta")] };

        Assert.True(PriceAdjustment.Of(new CorrectedRecord(degraded, []), _after, Attempts.Provider).IsKept);
        Assert.True(PriceAdjustment.Of(new CorrectedRecord(withoutExtra, []), _after, Attempts.Provider).IsKept);
    }

    [Fact]
    public void Figures_that_no_provider_can_mean_keep_their_cost()
    {
        var absurd = _record with { Usage = _record.Usage with { UncachedInputTokens = long.MaxValue, InputTokens = long.MaxValue } };

        Assert.True(PriceAdjustment.Of(new CorrectedRecord(absurd, []), _after, Attempts.Provider).IsKept);
    }

    // T68: never less than the hold for a count that cannot be meant.
    [Fact]
    [Trait("Acceptance", "T68")]
    public void Invalid_usage_stays_charged_at_least_at_its_hold()
    {
        var invalid = Attempts.Write(_record with { Flags = [UsageFlags.UsageInvalid] }, _before, Attempts.Provider);
        Assert.Equal(invalid.Hold, invalid.Cost);

        Assert.Null(PriceAdjustment.Of(new CorrectedRecord(invalid, []), _after, Attempts.Provider).Adjustment);
        var dear = PriceAdjustment.Of(new CorrectedRecord(invalid, []), Book("20", "80"), Attempts.Provider);
        Assert.Equal(28_000_000, dear.After!.Value.Value);
    }

    // The name as it was written finds an entry that only the newer book has.
    [Fact]
    public void A_name_that_got_an_entry_of_its_own_is_priced_by_it()
    {
        var dated = _record with { ModelRequested = "alpha-2026-01-01" };
        var book = Read("""
            "alpha":{"prices":[{"effectiveFrom":"2020-01-01","source":"t","read":"2026-01-01","perMillionTokens":{"input_token":"2","output_token":"8"}}]},
            "alpha-2026-01-01":{"prices":[{"effectiveFrom":"2020-01-01","source":"t","read":"2026-01-01","perMillionTokens":{"input_token":"1","output_token":"8"}}]}
            """);

        Assert.Equal(1_800_000, PriceAdjustment.Of(new CorrectedRecord(dated, []), book, Attempts.Provider).After!.Value.Value);
    }

    // A call thought lost: 1,000 in, 100 out estimated; in truth 600 in, 50 out at 2 and 8 USD: 0.0016. At 3 and 8: 0.0022.
    [Fact]
    public void The_true_usage_of_a_call_that_was_thought_lost_is_what_is_priced()
    {
        var estimate = _record with { Source = UsageSource.Estimated, Reason = "orphaned" };
        var correction = _record with
        {
            AttemptId = RequestIdGenerator.At(_noon),
            Corrects = _record.AttemptId,
            Channel = UsageChannel.Adjustment,
            Reason = "orphan_corrected",
            Usage = new TokenUsage { InputTokens = -400, UncachedInputTokens = -400, OutputTokens = -50 },
            Cost = new NanoUsd(1_600_000 - 2_800_000),
            Billed = new NanoUsd(1_600_000 - 2_800_000),
        };

        var repricing = PriceAdjustment.Of(new CorrectedRecord(estimate, [correction]), _after, Attempts.Provider);

        Assert.Equal((1_600_000L, 2_200_000L), (repricing.Before!.Value.Value, repricing.After!.Value.Value));
        Assert.Equal(600_000, repricing.Adjustment!.Cost!.Value.Value);
    }

    private static PriceBook Book(string input, string output) => Read(
        $$$"""
        "alpha":{"prices":[{"effectiveFrom":"2020-01-01","source":"test","read":"2026-01-01","perMillionTokens":{"input_token":"{{{input}}}","output_token":"{{{output}}}"}}]}
        """);

    private static PriceBook Read(string models) =>
        PriceBookReader.Read(Encoding.UTF8.GetBytes($$$"""{"form":1,"date":"2026-01-01","lists":{"list":{"models":{ {{{models}}} } } } }""")).Book!;
}
