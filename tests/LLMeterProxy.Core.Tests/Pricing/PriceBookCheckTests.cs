using System.Text;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Core.Tests.Pricing;

[Trait("Acceptance", "A58")]
public sealed class PriceBookCheckTests
{
    [Theory]
    [InlineData(""" "perMillionTokens": { "input_token": "1", "cache_read_token": "1.1" } """, "cache_read_token 1.1 is above input_token 1")]
    [InlineData(""" "perMillionTokens": { "input_token": "1", "cache_read_token": "0.5", "cache_write_5m_token": "0.4" } """, "cache_read_token 0.5 is above cache_write_5m_token 0.4")]
    [InlineData(""" "perMillionTokens": { "cache_write_5m_token": "2", "cache_write_1h_token": "1" } """, "cache_write_5m_token 2 is above cache_write_1h_token 1")]
    [InlineData(""" "perMillionTokens": { "audio_input_token": "1", "audio_cache_read_token": "2" } """, "audio_cache_read_token 2 is above audio_input_token 1")]
    [InlineData(""" "perMillionTokens": { "input_token": "2" }, "context": [{ "above": 1000, "perMillionTokens": { "input_token": "1" } }] """, "above 1000: input_token 1 is below the 2 of less context")]
    [InlineData(""" "perMillionTokens": { "input_token": "2" }, "tiers": { "batch": { "perMillionTokens": { "input_token": "3" } } } """, "batch: input_token 3 is above the standard 2")]
    [InlineData(""" "perMillionTokens": { "input_token": "2" }, "tiers": { "flex": { "multiplier": "1.5" } } """, "flex: input_token 3 is above the standard 2")]
    [InlineData(""" "perMillionTokens": { "input_token": "2" }, "tiers": { "priority": { "multiplier": "0.5" } } """, "priority: input_token 1 is below the standard 2")]
    [InlineData(""" "perMillionTokens": { "input_token": "2" }, "geo": { "us": "0.9" } """, "geo us: a factor of 0.9")]
    public void A_contradiction_is_found(string price, string text)
    {
        var found = Assert.Single(PriceBookCheck.Contradictions(BookOf(price)), f => f.Text.Contains(text));
        Assert.Equal(("p", "m"), (found.List, found.Model));
        Assert.StartsWith("since 2026-01-01: ", found.Text);
    }

    [Fact]
    public void More_output_than_context_is_found() =>
        Assert.Contains("above contextWindow", Assert.Single(PriceBookCheck.Contradictions(BookOf(""" "perMillionTokens": { "input_token": "2" } """, """ "contextWindow": 10, "maxOutputTokens": 11, """))).Text);

    [Fact]
    public void Ordinary_prices_contradict_nothing() => Assert.Empty(PriceBookCheck.Contradictions(BookOf("""
        "perMillionTokens": { "input_token": "2", "cache_read_token": "0.2", "cache_write_5m_token": "2.5", "cache_write_1h_token": "4", "output_token": "10" },
        "context": [{ "above": 1000, "perMillionTokens": { "input_token": "4", "cache_write_1h_token": "8" } }],
        "tiers": { "batch": { "multiplier": "0.5" }, "priority": { "multiplier": "2" } }, "geo": { "us": "1.1" }
        """)));

    private static PriceBook BookOf(string price, string limits = "") => PriceBookReader.Read(Encoding.UTF8.GetBytes($$"""
        { "form": 1, "date": "2026-01-01", "lists": { "p": { "models": { "m": { {{limits}} "prices": [{
          "effectiveFrom": "2026-01-01", "source": "a list", "read": "2026-01-01", {{price}} }] } } } } }
        """)).Book!;
}
