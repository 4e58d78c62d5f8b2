using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>Costs of what is not tokens, worked out by hand in the comment above each.</summary>
[Trait("Acceptance", "A61")]
public sealed class UnitGoldenCostTests
{
    // dall-e-3 at 0.04, 0.08 for the long formats and for hd, 0.12 for both; dall-e-2 at 0.018 for 512 x 512
    [Theory]
    [InlineData("dall-e-3", "image/1024x1024", 1, 0.04)]
    [InlineData("dall-e-3", "image/1024x1024/hd", 1, 0.08)]
    [InlineData("dall-e-3", "image/1792x1024", 1, 0.08)]
    [InlineData("dall-e-3", "image/1024x1792/hd", 1, 0.12)]
    [InlineData("dall-e-2", "image/512x512", 2, 0.036)]
    [InlineData("dall-e-2", "image/256x256", 10, 0.16)]
    public void Images_by_size_and_quality(string model, string unit, int count, double usd) =>
        Assert.Equal((decimal)usd, Usd("openai", model, Of(unit, count)));

    // What is not listed is priced as what it is a kind of: 0.08 for the size, 0.04 for an image
    [Theory]
    [InlineData("image/1792x1024/vivid", 0.08)]
    [InlineData("image/2048x2048/hd", 0.04)]
    [InlineData("image", 0.04)]
    public void A_kind_of_image_that_is_not_listed(string unit, double usd) => Assert.Equal((decimal)usd, Usd("openai", "dall-e-3", Of(unit, 1)));

    // 3.2 s are charged as 10 s: 10 x 0.000030833; 25.5 x 0.000030833
    [Theory]
    [InlineData(3.2, 0.00030833)]
    [InlineData(10, 0.00030833)]
    [InlineData(25.5, 0.0007862415)]
    public void Groq_charges_ten_seconds_at_least(double seconds, double usd) =>
        Assert.Equal((decimal)usd, Math.Round(Usd("groq", "whisper-large-v3", Of(UnitNames.Second, (decimal)seconds))!.Value, 10), 9);

    // Nothing was transcribed: nothing is charged
    [Fact]
    public void The_least_charge_is_for_calls_that_used_something() =>
        Assert.Equal(0, Price("groq", "whisper-large-v3", Of(UnitNames.Second, 0)).Total?.Value);

    // 60 s of OpenAI's have no least charge: 3.2 x 0.0001
    [Fact]
    public void Seconds_without_a_least_charge() => Assert.Equal(0.00032m, Usd("openai", "whisper-1", Of(UnitNames.Second, 3.2m)));

    // 3 x 0.005 + 2 x 0.004
    [Fact]
    public void Annotated_pages_are_dearer() => Assert.Equal(
        0.023m,
        Usd("mistral", "mistral-ocr-latest", Report(new TokenUsage { Units = [new UnitCount("page/annotated", 3), new UnitCount(UnitNames.Page, 2)] })));

    // 10 x 1/M + 5 x 1/M = 0.000015 and the fee of the context size; 10 x 3/M + 5 x 15/M = 0.000105 for pro
    [Theory]
    [InlineData("sonar", "request/low", 0.005015)]
    [InlineData("sonar", "request/medium", 0.008015)]
    [InlineData("sonar", "request/high", 0.012015)]
    [InlineData("sonar", null, 0.005015)]
    [InlineData("sonar-pro", "request/low", 0.006105)]
    [InlineData("sonar-pro", "request/high", 0.014105)]
    public void A_request_fee_by_the_size_of_the_search_context(string model, string? unit, double usd) =>
        Assert.Equal((decimal)usd, Usd("perplexity", model, Report(Tokens(10, output: 5) with { Units = unit is null ? [] : [new UnitCount(unit, 1)] })));

    // 100 x 2/M + 200 x 8/M + 800 x 3/M + 5,000 x 2/M of citations + 4 x 0.005 = 0.0002 + 0.0016 + 0.0024 + 0.01 + 0.02
    [Fact]
    public void Deep_research_charges_citations_and_reasoning_apart() => Assert.Equal(
        0.0342m,
        Usd(
            "perplexity",
            "sonar-deep-research",
            Report(Tokens(100, output: 1000, reasoning: 800) with { Units = [new UnitCount(UnitNames.CitationToken, 5000), new UnitCount(UnitNames.WebSearch, 4)] })));

    // Searches by context size: 0.03, 0.035, 0.05 for one, as OpenAI sold them with its search models in 2025
    [Theory]
    [InlineData("web_search/low", 0.06)]
    [InlineData("web_search/medium", 0.07)]
    [InlineData("web_search/high", 0.10)]
    [InlineData("web_search", 0.07)]
    public void Searches_by_context_size(string unit, double usd)
    {
        var book = PriceBookReader.Read("""
            { "form": 1, "date": "2026-01-01", "lists": { "p": { "models": { "m": { "prices": [{
              "effectiveFrom": "2026-01-01", "source": "a price list", "read": "2026-01-01",
              "perUnit": { "web_search": "0.035", "web_search/low": "0.03", "web_search/medium": "0.035", "web_search/high": "0.05" }
            }] } } } } }
            """u8.ToArray()).Book!;
        Assert.Equal((decimal)usd, Pricer.Price(book, book.Resolve("p", "m"), Of(unit, 2), Now, preferProviderCost: false).Total?.ToUsd());
    }

    // 1,000 x 1.25/M + 100 x 2.50/M + 2 x 0.005 = 0.00125 + 0.00025 + 0.01
    [Fact]
    public void Searches_of_Grok() =>
        Assert.Equal(0.0115m, Usd("xai", "grok-4.3", Report(Tokens(1000, output: 100) with { Units = [new UnitCount(UnitNames.WebSearch, 2)] })));

    // 8 s of film x 0.30
    [Fact]
    public void Film_by_the_second() => Assert.Equal(2.4m, Usd("openai", "sora-2-pro", Of(UnitNames.Second, 8)));

    // 2 images x 0.0001 + 100 x 0.10/M
    [Fact]
    public void Images_that_are_embedded() =>
        Assert.Equal(0.00021m, Usd("cohere", "embed-english-v3.0", Report(Tokens(100) with { Units = [new UnitCount(UnitNames.Image, 2)] })));

    // 2 search units x 0.002
    [Fact]
    public void Reranking_on_Bedrock() => Assert.Equal(0.004m, Usd("bedrock", "cohere.rerank-v3-5:0", Of(UnitNames.SearchUnit, 2)));

    // 1,000 x 0.02/M
    [Fact]
    public void Reranking_by_token() => Assert.Equal(0.00002m, Usd("voyage", "rerank-2-lite", Report(Tokens(1000))));

    // One image of Grok at the 700,000,000 ticks that a response states, 10,000,000,000 to the USD
    [Fact]
    public void An_image_of_Grok() => Assert.Equal(0.07m, Usd("xai", "grok-imagine-image-pro", Of(UnitNames.Image, 1)));

    private static UsageReport Of(string unit, decimal quantity) => Report(new TokenUsage { Units = [new UnitCount(unit, quantity)] });
}
