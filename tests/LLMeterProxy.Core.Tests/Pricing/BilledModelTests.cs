using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>Which entry a call is priced by, from the name that was asked for and the one that answered.</summary>
public sealed class BilledModelTests
{
    private static readonly PriceBook _book = ShippedPrices.Book;

    [Theory]
    [Trait("Acceptance", "A55")]
    // InvokeModel passes Anthropic's own body through: it names neither vendor nor region (Bedrock user guide, inference profiles).
    [InlineData("us.anthropic.claude-opus-4-8", "claude-opus-4-8", "us")]
    [InlineData("us.anthropic.claude-opus-4-8", "claude-sonnet-4-6", "us")]
    [InlineData("anthropic.claude-opus-4-8", "claude-opus-4-8", null)]
    [InlineData("us.anthropic.claude-opus-4-8", "anthropic.claude-nobody-knows", "us")]
    [InlineData("us.anthropic.claude-opus-4-8", null, "us")]
    public void The_region_that_the_request_names_is_billed_whatever_the_response_calls_the_model(string asked, string? answered, string? geo)
    {
        var entry = BilledModel.Find(_book, new Bedrock(), answered, asked, _book.Resolve("bedrock", asked));
        Assert.Equal(geo, entry!.Geo);
    }

    [Fact]
    [Trait("Acceptance", "T70")]
    public void The_model_that_answered_is_billed_where_it_has_a_price() => Assert.Equal(
        "anthropic.claude-sonnet-4-6",
        BilledModel.Find(_book, new Bedrock(), "claude-sonnet-4-6", "us.anthropic.claude-opus-4-8", _book.Resolve("bedrock", "us.anthropic.claude-opus-4-8"))!.Id);

    private sealed class Bedrock : IProviderPricing
    {
        public bool PreferProviderCost => false;

        public PricedModel? Resolve(PriceBook prices, string model) => prices.Resolve("bedrock", model);
    }
}
