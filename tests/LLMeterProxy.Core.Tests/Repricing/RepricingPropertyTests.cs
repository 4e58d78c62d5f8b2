using CsCheck;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Repricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Repricing;

/// <summary>What holds for every record, every book before and every sequence of books after.</summary>
public sealed class RepricingPropertyTests
{
    private const int Iterations = 3_000;

    [Fact]
    [Trait("Acceptance", "I18")]
    public void A_record_priced_again_by_its_own_book_costs_what_it_says() =>
        Attempts.Priced.Sample(
            priced =>
            {
                var cost = RecordPrice.Of(priced.Record, priced.Book, priced.Provider);
                var repricing = PriceAdjustment.Of(new CorrectedRecord(priced.Record, []), priced.Book, priced.Provider);

                Assert.Equal(priced.Record.Cost, cost.Total);
                Assert.Equal(priced.Record.Lines, cost.Lines);
                Assert.Null(repricing.Adjustment);
            },
            iter: Iterations);

    [Fact]
    [Trait("Acceptance", "A59")]
    public void The_record_and_its_adjustments_sum_to_the_price_by_the_newest_book() =>
        Gen.Select(Attempts.Priced, Books.Any.List[1, 4]).Sample(
            (priced, books) =>
            {
                var adjustments = new List<UsageRecord>();
                var expected = priced.Record.Cost;
                foreach (var book in books)
                {
                    var repricing = PriceAdjustment.Of(new CorrectedRecord(priced.Record, adjustments), book, priced.Provider);
                    expected = RecordPrice.Of(priced.Record, book, priced.Provider).Total ?? expected;
                    if (repricing.Adjustment is { } adjustment)
                    {
                        // In an order that says nothing, as rows are found by id.
                        adjustments.Insert(0, UsageRecordCodec.Decode(UsageRecordCodec.Encode(adjustment)));
                    }

                    var corrected = new CorrectedRecord(priced.Record, adjustments);
                    Assert.Equal(expected, corrected.Cost);
                    Assert.Equal(expected, repricing.After);
                    Assert.Equal(corrected.Cost, corrected.Billed);
                    Assert.Equal(corrected.Cost?.Value ?? 0, corrected.Lines.Sum(line => line.Cost.Value));
                    Assert.Null(PriceAdjustment.Of(corrected, book, priced.Provider).Adjustment);
                }

                Assert.All(adjustments, adjustment => AssertCorrects(priced.Record, adjustment));
                Assert.Equal(adjustments.Count, adjustments.Select(adjustment => adjustment.AttemptId).Distinct().Count());
                AssertVersionsLink(priced.Record, adjustments);
            },
            iter: Iterations);

    [Fact]
    public void The_lines_of_an_attempt_net_to_the_lines_of_the_newest_book() =>
        Gen.Select(Attempts.Priced, Books.Any, Books.Any).Sample(
            (priced, first, second) =>
            {
                var adjustments = new List<UsageRecord>();
                foreach (var book in new[] { first, second })
                {
                    var repricing = PriceAdjustment.Of(new CorrectedRecord(priced.Record, adjustments), book, priced.Provider);
                    if (repricing.Adjustment is not { } adjustment)
                    {
                        continue;
                    }

                    adjustments.Add(adjustment);
                    var net = new CorrectedRecord(priced.Record, adjustments).Lines
                        .GroupBy(line => (line.Unit, line.PriceNanoUsdPerMillion, line.Model))
                        .Select(group => (group.Key, Quantity: group.Sum(line => line.Quantity), Cost: group.Sum(line => line.Cost.Value)))
                        .Where(line => line.Quantity != 0 || line.Cost != 0).ToHashSet();
                    var expected = RecordPrice.Of(priced.Record, book, priced.Provider).Lines
                        .GroupBy(line => (line.Unit, line.PriceNanoUsdPerMillion, line.Model))
                        .Select(group => (group.Key, Quantity: group.Sum(line => line.Quantity), Cost: group.Sum(line => line.Cost.Value))).ToHashSet();
                    Assert.True(expected.SetEquals(net));
                }
            },
            iter: Iterations);

    private static void AssertCorrects(UsageRecord original, UsageRecord adjustment)
    {
        Assert.Equal(original.AttemptId, adjustment.Corrects);
        Assert.Equal(UsageChannel.Adjustment, adjustment.Channel);
        Assert.Equal("reprice", adjustment.Reason);
        Assert.Equal(original.AttemptId.OccurredAt, adjustment.AttemptId.OccurredAt);
        Assert.Equal(0, adjustment.AttemptId.AttemptNumber);
        Assert.Equal(
            (original.Tenant, original.KeyId, original.Provider, original.Model, original.Operation, original.Source, original.EndUser),
            (adjustment.Tenant, adjustment.KeyId, adjustment.Provider, adjustment.Model, adjustment.Operation, adjustment.Source, adjustment.EndUser));
        Assert.Equal(original.Budgets, adjustment.Budgets);
        Assert.Equal(original.Tags, adjustment.Tags);
        Assert.Equal(TokenUsage.None with { Units = [] }, adjustment.Usage with { Units = [] });
        Assert.Equal(NanoUsd.Zero, adjustment.Hold);
        Assert.Equal(adjustment.Cost!.Value.Value, adjustment.Lines.Sum(line => line.Cost.Value));
        Assert.Equal(adjustment.Lines.Count, adjustment.Lines.Select(line => (line.Unit, line.PriceNanoUsdPerMillion, line.Model)).Distinct().Count());
    }

    /// <summary>Each adjustment names the version before it, from the record's own on; and only the first can be the one that found a price.</summary>
    private static void AssertVersionsLink(UsageRecord original, List<UsageRecord> newestFirst)
    {
        var version = original.PriceVersion;
        var isPriced = original.Cost is not null;
        foreach (var adjustment in Enumerable.Reverse(newestFirst))
        {
            Assert.Equal(version, adjustment.PreviousPriceVersion);
            Assert.Equal(!isPriced, adjustment.Flags.Contains(UsageFlags.PricedLater));
            version = adjustment.PriceVersion;
            isPriced = true;
        }
    }
}
