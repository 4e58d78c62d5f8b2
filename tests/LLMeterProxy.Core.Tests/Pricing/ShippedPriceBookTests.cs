using LLMeterProxy.Core.Pricing;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>The data of the shipped file, entry by entry.</summary>
public sealed class ShippedPriceBookTests
{
    [Fact]
    public void The_shipped_file_has_no_errors() => Assert.Empty(PriceBookReader.Read(PriceBookSource.ShippedFile()).Errors);

    [Fact]
    [Trait("Acceptance", "A58")]
    public void The_shipped_file_contradicts_itself_nowhere() => Assert.Empty(PriceBookCheck.Contradictions(Book));

    [Fact]
    public void The_version_names_the_day_and_the_content() => Assert.Matches("^20[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9a-f]{8}$", Book.Version);

    [Fact]
    [Trait("Acceptance", "A58")]
    public void Every_entry_has_a_source_a_date_and_prices_for_today()
    {
        Assert.All(Models(), model =>
        {
            Assert.NotNull(model.At(Now));
            Assert.All(model.RateCards, card =>
            {
                Assert.NotEmpty(card.Source);
                Assert.InRange(card.ReadOn!.Value, new DateOnly(2026, 1, 1), new DateOnly(2030, 1, 1));
                Assert.NotEmpty(card.Rates);
                Assert.All(card.Tiers.Keys, tier => Assert.Contains(tier, (string[])["batch", "flex", "priority"]));
            });
        });
    }

    [Fact]
    [Trait("Acceptance", "T40")]
    [Trait("Acceptance", "G31")]
    public void Every_id_and_every_alias_leads_to_its_model()
    {
        foreach (var model in Models())
        {
            Assert.Same(model, Book.Resolve(model.Provider, model.Id));
            Assert.All(model.Aliases, alias => Assert.Same(model, Book.Resolve(model.Provider, alias)));
        }
    }

    // What other tools rely on: each of these is a provider's kind or the name that a provider of its API usually gets
    [Theory]
    [InlineData("openai")]
    [InlineData("azure-openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    [InlineData("vertex")]
    [InlineData("bedrock")]
    [InlineData("openrouter")]
    [InlineData("mistral")]
    [InlineData("deepseek")]
    [InlineData("groq")]
    [InlineData("xai")]
    [InlineData("cohere")]
    [InlineData("perplexity")]
    [InlineData("ollama")]
    [InlineData("together")]
    [InlineData("fireworks")]
    [InlineData("voyage")]
    [InlineData("jina")]
    [InlineData("cerebras")]
    [InlineData("moonshot")]
    [InlineData("zai")]
    [InlineData("alibaba")]
    [InlineData("dashscope")]
    public void Every_provider_has_its_list(string name) => Assert.True(Book.Has(name));

    // Models that clients of the day ask for by these names
    [Theory]
    [InlineData("openai", "gpt-4.1-nano", 1_047_576, 32_768)]
    [InlineData("openai", "gpt-5", 400_000, 128_000)]
    [InlineData("openai", "gpt-5.5", 1_050_000, 128_000)]
    [InlineData("openai", "o4-mini", 200_000, 100_000)]
    [InlineData("anthropic", "claude-opus-5", 1_000_000, 128_000)]
    [InlineData("anthropic", "claude-haiku-4-5", 200_000, 64_000)]
    [InlineData("gemini", "gemini-3.5-flash", 1_048_576, 65_536)]
    [InlineData("azure-openai", "gpt-4o-mini-2024-07-18", 128_000, 16_384)]
    public void The_limits_of_a_model(string provider, string id, long contextWindow, long maxOutput) =>
        Assert.Equal(new ModelLimits(contextWindow, maxOutput), Book.Resolve(provider, id)?.Limits);

    private static IEnumerable<PricedModel> Models() => Book.Lists.SelectMany(l => l.Models);
}
