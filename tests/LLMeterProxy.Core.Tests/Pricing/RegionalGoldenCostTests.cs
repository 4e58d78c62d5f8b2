using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>
/// Costs worked out by hand, in the comment above each, where a region changes the price. The region comes with the model's name
/// (Bedrock's inference profiles, Azure's data zones), with the response, or from the provider's configuration.
/// </summary>
public sealed class RegionalGoldenCostTests
{
    private const string Sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    // 1,000 x 3/M + 200 x 15/M = 0.006 everywhere, a tenth more in a region of one's own, a fifth more for the government
    [Theory]
    [InlineData("us." + Sonnet, null, 0.0066)]
    [InlineData("eu." + Sonnet, null, 0.0066)]
    [InlineData("jp." + Sonnet, null, 0.0066)]
    [InlineData("us-gov." + Sonnet, null, 0.0072)]
    [InlineData("global." + Sonnet, null, 0.006)]
    [InlineData(Sonnet, null, 0.006)]
    [InlineData(Sonnet, "us-east-1", 0.0066)]
    [InlineData(Sonnet, "us-gov-west-1", 0.0072)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us." + Sonnet, null, 0.0066)]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/" + Sonnet, null, 0.006)]
    public void A_profile_on_Bedrock_pays_for_its_region(string name, string? region, double usd) =>
        Assert.Equal((decimal)usd, Usd("bedrock", name, Report(Tokens(1000, output: 200), geo: region)));

    // The profile decides, wherever the endpoint is: 0.006 for a global one called in Ireland
    [Fact]
    public void The_region_of_the_name_wins_over_that_of_the_configuration() =>
        Assert.Equal(0.006m, Usd("bedrock", "global." + Sonnet, Report(Tokens(1000, output: 200), geo: "eu-west-1")));

    // 1.1 x (1 x 6/M + 200,000 x 12/M + 100 x 22.50/M) = 1.1 x 2.402256
    [Fact]
    [Trait("Acceptance", "G27")]
    [Trait("Acceptance", "G28")]
    [Trait("Acceptance", "A54")]
    public void Region_long_context_and_one_hour_writes_combine() =>
        Assert.Equal(2.6424816m, Usd("bedrock", "eu." + Sonnet, Report(Tokens(1, write1h: 200_000, output: 100))));

    // Nova has stated prices in Europe: 1,000 x 1.05/M + 1,000 x 0.2625/M + 500 x 4.20/M = 0.00105 + 0.0002625 + 0.0021
    [Fact]
    public void A_region_may_have_prices_that_no_factor_makes() =>
        Assert.Equal(0.0034125m, Usd("bedrock", "eu.amazon.nova-pro-v1:0", Report(Tokens(1000, read: 1000, output: 500))));

    // 10,000 x 0.037/M + 1,000 x 0.148/M
    [Fact]
    public void Nova_micro_in_Asia() => Assert.Equal(0.000518m, Usd("bedrock", "apac.amazon.nova-micro-v1:0", Report(Tokens(10_000, output: 1000))));

    // 1.2 x (1,000 x 0.30/M + 1,000 x 0.60/M) in Mumbai, by the endpoint's region
    [Fact]
    public void The_endpoints_region_counts_where_the_name_says_none() =>
        Assert.Equal(0.00108m, Usd("bedrock", "meta.llama3-8b-instruct-v1:0", Report(Tokens(1000, output: 1000), geo: "ap-south-1")));

    // 10,000 x 0.22/M + 1,000 x 1.32/M = 0.0022 + 0.00132
    [Fact]
    public void OpenAI_on_Bedrock_is_sold_by_the_region() =>
        Assert.Equal(0.00352m, Usd("bedrock-mantle", "openai.gpt-5.6-luna", Report(Tokens(10_000, output: 1000))));

    // 300,000 x 0.40/M + 1,000 x 1.80/M: the steps of a region are its own
    [Fact]
    public void A_region_has_its_own_long_context_price() =>
        Assert.Equal(0.1218m, Usd("bedrock", "global.openai.gpt-5.6-luna", Report(Tokens(300_000, output: 1000))));

    // 1.1 x (1,000 x 2.50/M + 100 x 10/M) = 1.1 x 0.0035 in a data zone
    [Theory]
    [InlineData("us/gpt-4o-2024-08-06", null, 0.00385)]
    [InlineData("gpt-4o-2024-11-20", "eu", 0.00385)]
    [InlineData("global-standard/gpt-4o-2024-08-06", null, 0.0035)]
    [InlineData("gpt-4o", null, 0.0035)]
    public void Azure_data_zones_cost_a_tenth_more(string name, string? region, double usd) =>
        Assert.Equal((decimal)usd, Usd("azure-openai", name, Report(Tokens(1000, output: 100), geo: region)));

    // 1,000 x 1.75/M + 100 x 14/M, by OpenAI's own list: Azure has no other price for it
    [Fact]
    public void A_deployment_that_Azure_lists_nowhere_costs_what_OpenAI_asks() =>
        Assert.Equal(0.00315m, Usd("azure-openai", "gpt-5.2_2025-12-11", Report(Tokens(1000, output: 100))));

    // 203 x 0.20/M + 10 x 0.50/M = 0.0000406 + 0.000005
    [Fact]
    public void Azure_sells_other_vendors_models_at_its_own_price() =>
        Assert.Equal(0.0000456m, Usd("azure-openai", "grok-4-1-fast-non-reasoning", Report(Tokens(203, output: 10))));

    // 1.1 x (300,000 x 5/M + 1,000 x 22.50/M) = 1.1 x 1.5225: priority does not stack on long context, the zone does
    [Fact]
    [Trait("Acceptance", "G28")]
    public void Zone_and_long_context_stack_and_priority_does_not() =>
        Assert.Equal(1.67475m, Usd("azure-openai", "gpt-5.4", Report(Tokens(300_000, output: 1000), tier: "priority", geo: "eu")));

    // 1.1 x (1,000 x 2.50/M + 100 x 15/M) + 0.01 for a search, which a region does not change
    [Fact]
    public void OpenAIs_regional_hosts_cost_a_tenth_more_on_new_models() =>
        Assert.Equal(0.0144m, Usd("openai", "gpt-5.4-2026-03-05", Report(Tokens(1000, output: 100) with { Units = [new("web_search", 1)] }, geo: "eu")));

    // 1,000 x 2.50/M + 100 x 10/M
    [Fact]
    public void OpenAIs_older_models_cost_the_same_everywhere() => Assert.Equal(0.0035m, Usd("openai", "gpt-4o", Report(Tokens(1000, output: 100), geo: "eu")));

    // 1.1 x (100 x 3/M + 10 x 15/M) = 1.1 x 0.00045 at a regional endpoint
    [Theory]
    [InlineData("us-east5", 0.000495)]
    [InlineData("europe-west1", 0.000495)]
    [InlineData("global", 0.00045)]
    [InlineData(null, 0.00045)]
    public void Claude_on_Vertex_costs_a_tenth_more_at_a_regional_endpoint(string? region, double usd) =>
        Assert.Equal((decimal)usd, Usd("vertex", "claude-sonnet-4-5@20250929", Report(Tokens(100, output: 10), geo: region)));

    // 1,000 x 0.30/M + 100 x 2.50/M, by the list of the Gemini API, at any location
    [Fact]
    public void Vertex_sells_Gemini_at_the_price_of_its_own_API() =>
        Assert.Equal(0.00055m, Usd("vertex", "publishers/google/models/gemini-2.5-flash", Report(Tokens(1000, output: 100), geo: "us-central1")));

    // 1,000 x 0.25/M + 1,000 x 0.70/M
    [Fact]
    public void A_partners_model_on_Vertex() =>
        Assert.Equal(0.00095m, Usd("vertex", "meta/llama-4-scout-17b-16e-instruct-maas", Report(Tokens(1000, output: 1000))));
}
