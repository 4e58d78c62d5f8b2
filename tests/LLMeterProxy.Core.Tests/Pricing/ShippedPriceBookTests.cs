using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>The data of the shipped file, entry by entry.</summary>
public sealed class ShippedPriceBookTests
{
    public static TheoryData<string, string> Entries()
    {
        var entries = new TheoryData<string, string>();
        foreach (var list in Book.Lists)
        {
            foreach (var model in list.Models)
            {
                entries.Add(list.Id, model.Id);
            }
        }

        return entries;
    }

    [Fact]
    public void The_shipped_file_has_no_errors() => Assert.Empty(PriceBookReader.Read(PriceBookSource.ShippedFile()).Errors);

    [Fact]
    public void The_version_names_the_day_and_the_content() => Assert.Matches("^20[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9a-f]{8}$", Book.Version);

    [Theory]
    [MemberData(nameof(Entries))]
    [Trait("Acceptance", "A58")]
    public void Every_entry_has_a_source_a_date_and_rates_that_make_sense(string provider, string id)
    {
        var model = Book.Resolve(provider, id);
        Assert.NotNull(model);
        Assert.Equal((provider, id), (model.Provider, model.Id));
        Assert.NotEmpty(model.RateCards);
        Assert.NotNull(model.At(Now));
        foreach (var card in model.RateCards)
        {
            Assert.NotEmpty(card.Source);
            Assert.InRange(card.ReadOn!.Value, new DateOnly(2026, 1, 1), new DateOnly(2030, 1, 1));
            Assert.NotEmpty(card.Rates);

            // In no list is a cache read dearer than plain input.
            if (card.Rates.TryGetValue(UnitNames.CacheReadToken, out var read))
            {
                Assert.InRange(read, 0, card.Rates[UnitNames.InputToken]);
            }

            if (card.Rates.TryGetValue(UnitNames.CacheWrite1hToken, out var write1h))
            {
                Assert.Equal(card.Rates[UnitNames.InputToken] * 2, write1h);
            }

            foreach (var step in card.ContextSteps)
            {
                Assert.All(step.Rates, r => Assert.InRange(r.Value, card.Rates[r.Key], card.Rates[r.Key] * 2));
            }

            foreach (var (name, tier) in card.Tiers)
            {
                Assert.Contains(name, (string[])["batch", "flex", "priority"]);
                var dearer = name == "priority";
                Assert.All(tier.Rates, r => Assert.Equal(dearer, r.Value > card.Rates[r.Key]));
                Assert.True(tier.Multiplier is not { } factor || factor > 1 == dearer);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void Every_alias_leads_to_its_model(string provider, string id)
    {
        var model = Book.Resolve(provider, id)!;
        Assert.All(model.Aliases, alias => Assert.Same(model, Book.Resolve(provider, alias)));
    }

    // Models that clients of the day ask for by these names
    [Theory]
    [InlineData("openai", "gpt-4.1-nano", 1_047_576, 32_768)]
    [InlineData("openai", "gpt-5", 400_000, 128_000)]
    [InlineData("openai", "gpt-5.5", 1_050_000, 128_000)]
    [InlineData("openai", "o4-mini", 200_000, 100_000)]
    [InlineData("anthropic", "claude-opus-5", 1_000_000, 128_000)]
    [InlineData("anthropic", "claude-haiku-4-5", 200_000, 64_000)]
    [InlineData("gemini", "gemini-3.5-flash", 1_048_576, 65_536)]
    public void The_limits_of_a_model(string provider, string id, long contextWindow, long maxOutput) =>
        Assert.Equal(new ModelLimits(contextWindow, maxOutput), Book.Resolve(provider, id)?.Limits);
}
