using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Pricing.Catalogues;
using static LLMeterProxy.Core.Tests.Pricing.Catalogues.LiteLlmReaderTests;

namespace LLMeterProxy.Core.Tests.Pricing.Catalogues;

public sealed class CatalogueDiffTests
{
    private static readonly PriceBook _book = PriceBookReader.Read("""
        { "form": 1, "date": "2026-01-01", "lists": { "openai": { "models": {
          "m": { "aliases": ["n"], "prices": [{ "effectiveFrom": "2026-01-01", "source": "a list", "read": "2026-01-01",
            "perMillionTokens": { "input_token": "1", "cache_read_token": "0.5", "output_token": "4" },
            "context": [{ "above": 200000, "perMillionTokens": { "input_token": "2" } }],
            "tiers": { "batch": { "multiplier": "0.5" } } }] } } } } }
        """u8.ToArray()).Book!;

    [Theory]
    [InlineData("m")]
    [InlineData("n")]
    [InlineData("m-2026-05-05")]
    public void A_model_with_the_same_price_is_the_same_by_any_name(string name) =>
        Assert.Equal(CatalogueChangeKind.Same, Change(Chat(name, "openai", "1e-06", "4e-06")).Kind);

    [Fact]
    public void A_model_that_the_book_lacks_is_new()
    {
        var change = Change(Chat("o", "openai", "1e-06", "4e-06"));
        Assert.Equal(CatalogueChangeKind.New, change.Kind);
        Assert.Equal(["input_token 1", "output_token 4"], change.Rates.Select(r => r.ToString()));
    }

    [Fact]
    public void Another_price_is_a_change_and_said_with_both_figures()
    {
        var change = Change("""
            "m": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 9e-07, "output_cost_per_token": 4e-06,
              "input_cost_per_token_above_200k_tokens": 1.8e-06, "input_cost_per_token_batches": 5e-07, "input_cost_per_token_priority": 1.8e-06 }
            """);
        Assert.Equal(CatalogueChangeKind.Changed, change.Kind);
        Assert.Equal(
            ["input_token 1 -> 0.9", "input_token above 200000 2 -> 1.8", "input_token priority 1.8"],
            change.Rates.Select(r => r.ToString()));
    }

    // A snapshot that costs something else must not change the price of its model
    [Theory]
    [InlineData("n")]
    [InlineData("m-2026-05-05")]
    public void Another_price_by_another_name_is_an_entry_of_its_own(string name)
    {
        var change = Change(Chat(name, "openai", "2e-06", "4e-06"));
        Assert.Equal((CatalogueChangeKind.New, "m"), (change.Kind, change.Current!.Id));
        Assert.Equal("input_token 1 -> 2", Assert.Single(change.Rates).ToString());
    }

    [Fact]
    public void The_users_own_entry_is_kept_whatever_the_catalogue_says()
    {
        var change = Change(Chat("n", "openai", "9e-06", "4e-05"), (list, id) => (list, id) == ("openai", "m"));
        Assert.Equal((CatalogueChangeKind.Kept, "your own entry stays as it is"), (change.Kind, change.Why));
        Assert.NotEmpty(change.Rates);
    }

    [Theory]
    [Trait("Acceptance", "A58")]
    [InlineData("m", "1e-05", "4e-06", "jump")]
    [InlineData("m", "1e-07", "4e-06", "jump")]
    [InlineData("o", "1", "4e-06", "out of bounds")]
    [InlineData("o", "-1e-06", "4e-06", "out of bounds")]
    [InlineData("o", "4e-06", "1e-06", "changed places")]
    [InlineData("o", "2e-07", "6e-06", "over 20 times")]
    [InlineData("o", "0", "0", "free, or not known")]
    public void A_price_that_looks_wrong_is_suspicious(string name, string input, string output, string why)
    {
        var change = Change(Chat(name, "openai", input, output));
        Assert.Equal(CatalogueChangeKind.Suspicious, change.Kind);
        Assert.Contains(why, change.Why);
    }

    [Fact]
    [Trait("Acceptance", "A58")]
    public void A_long_cache_write_below_a_short_one_is_suspicious() => Assert.Equal(CatalogueChangeKind.Suspicious, Change("""
        "o": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.5e-05, "output_cost_per_token": 7.5e-05,
          "cache_creation_input_token_cost": 1.875e-05, "cache_creation_input_token_cost_above_1hr": 6e-06 }
        """).Kind);

    [Fact]
    public void Lists_that_the_book_does_not_have_are_no_changes() =>
        Assert.Empty(CatalogueDiff.Compare(Read(Chat("x/m", "x", "1e-06", "1e-06")), _book, (_, _) => false, ShippedPrices.Now));

    private static CatalogueChange Change(string entry, Func<string, string, bool>? isOwn = null) =>
        Assert.Single(CatalogueDiff.Compare(Read(entry), _book, isOwn ?? ((_, _) => false), ShippedPrices.Now));
}
