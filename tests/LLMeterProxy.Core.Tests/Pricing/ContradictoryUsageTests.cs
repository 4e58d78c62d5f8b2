using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>Usages that are more than one model's, that contradict themselves, or that say less than the price tells apart.</summary>
public sealed class ContradictoryUsageTests
{
    private const decimal Nano = 1_000_000_000m;

    // Input 2 USD/M, cached 1, output 10, of "small"; input 20, output 100 of "large".
    private static readonly PriceBook _book = new()
    {
        Version = "test",
        Lists =
        [
            new PriceList
            {
                Id = "p",
                Models =
                [
                    Model("system", (UnitNames.InputToken, 1000m), (UnitNames.OutputToken, 1000m), (UnitNames.WebSearch, 5000m)),
                    Model("small", (UnitNames.InputToken, 2m), (UnitNames.CacheReadToken, 1m), (UnitNames.OutputToken, 10m)),
                    Model("large", (UnitNames.InputToken, 20m), (UnitNames.OutputToken, 100m)),
                    Model("painter", (UnitNames.InputToken, 5m), (UnitNames.ImageInputToken, 10m), (UnitNames.ImageOutputToken, 40m)),
                ],
            },
        ],
    };

    // 100 x 2/M + 10 x 10/M + 50 x 20/M + 5 x 100/M = 0.0002 + 0.0001 + 0.001 + 0.0005, and a search at 0.005.
    [Fact]
    public void Parts_are_priced_by_their_own_models_in_place_of_the_totals()
    {
        var cost = Price("system", new UsageReport
        {
            Usage = Tokens(150, 15) with { Units = [new UnitCount(UnitNames.WebSearch, 1)] },
            Extra = [new ExtraUsage(ExtraUsage.PartKind, "small", Tokens(100, 10)), new ExtraUsage(ExtraUsage.PartKind, "large", Tokens(50, 5))],
        });

        Assert.Equal(0.0068m, cost.Total!.Value.ToUsd());
        Assert.Equal(165, cost.Lines.Where(line => line.Unit.EndsWith("_token", StringComparison.Ordinal)).Sum(line => line.Quantity));
        Assert.Equal([null, "small", "small", "large", "large"], cost.Lines.Select(line => line.Model));
    }

    // A part of a model that the book does not know has no price, and that is told.
    [Fact]
    public void A_part_without_a_price_is_remarked()
    {
        var cost = Price("system", new UsageReport { Usage = Tokens(150, 15), Extra = [new ExtraUsage(ExtraUsage.PartKind, "small", Tokens(100, 10)), new ExtraUsage(ExtraUsage.PartKind, "unheard", Tokens(50, 5))] });
        Assert.Equal(0.0003m, cost.Total!.Value.ToUsd());
        Assert.Equal([UsageFlags.UnpricedDimension], cost.Flags);
    }

    // Grok on Azure: prompt 203, cached 314. 203 x 2/M + 1 x 10/M; the cached ones are of a text that is not in the prompt.
    [Fact]
    public void Input_is_charged_in_full_where_more_is_called_cached_than_there_is() => Assert.Equal(
        0.000416m,
        Price("small", new UsageReport { Usage = new TokenUsage { InputTokens = 203, CacheReadTokens = 314, OutputTokens = 1 } }).Total!.Value.ToUsd());

    // Up to all of it may be cached: 3 x 2/M + 200 x 1/M.
    [Fact]
    public void A_cache_within_the_input_is_charged_as_one() => Assert.Equal(
        0.000206m,
        Price("small", new UsageReport { Usage = new TokenUsage { InputTokens = 203, UncachedInputTokens = 3, CacheReadTokens = 200 } }).Total!.Value.ToUsd());

    // gpt-image-1 states no kinds of output, and makes images alone: 10 x 5/M + 272 x 40/M.
    [Fact]
    public void Output_of_a_model_that_makes_images_alone_is_images()
    {
        var cost = Price("painter", new UsageReport { Usage = Tokens(10, 272) });
        Assert.Equal(0.01093m, cost.Total!.Value.ToUsd());
        Assert.Empty(cost.Flags);
    }

    private static Cost Price(string model, UsageReport report) =>
        Pricer.Price(_book, _book.Resolve("p", model), report, DateTimeOffset.UnixEpoch.AddYears(50), preferProviderCost: false);

    private static TokenUsage Tokens(long input, long output) => new() { InputTokens = input, UncachedInputTokens = input, OutputTokens = output };

    // USD for a million of a token, or for a thousand of anything else, in nano-USD for a million.
    private static PricedModel Model(string id, params (string Unit, decimal Usd)[] rates) => new()
    {
        Provider = "p",
        Id = id,
        RateCards = [new RateCard { EffectiveFrom = DateTimeOffset.UnixEpoch, Rates = rates.ToDictionary(rate => rate.Unit, rate => rate.Usd * Nano) }],
    };
}
