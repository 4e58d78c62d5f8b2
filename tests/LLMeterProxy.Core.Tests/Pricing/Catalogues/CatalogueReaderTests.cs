using System.Text;
using CsCheck;
using LLMeterProxy.Core.Pricing.Catalogues;

namespace LLMeterProxy.Core.Tests.Pricing.Catalogues;

public sealed class CatalogueReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"litellm_provider\"")]
    [InlineData("[1, 2]")]
    [InlineData("{\"gpt-9\": {\"price\": 1}}")]
    [InlineData("{\"providers\": [{\"id\": \"openai\"}]}")]
    [InlineData("{\"form\": 1, \"date\": \"2026-01-01\", \"lists\": {}}")]
    public void A_file_that_is_no_catalogue_is_refused_with_a_reason(string text) =>
        Assert.NotEmpty(Assert.Throws<FormatException>(() => CatalogueReader.Read(Encoding.UTF8.GetBytes(text))).Message);

    [Theory]
    [InlineData("""{ "m": { "litellm_provider": 7, "input_cost_per_token": 1e-06 } }""")]
    [InlineData("""{ "m": { "litellm_provider": "openai", "mode": 3, "input_cost_per_token": 1e-06 } }""")]
    [InlineData("""[{ "id": "openai", "models": [{ "id": "m", "match": { "equals": 1 }, "prices": { "input_mtok": 1 } }] }]""")]
    public void A_value_of_another_kind_is_refused_and_not_guessed(string text) =>
        Assert.Throws<FormatException>(() => CatalogueReader.Read(Encoding.UTF8.GetBytes(text)));

    // A price that is a text, a huge number or a list must not be taken for one
    [Theory]
    [InlineData("\"0.000001\"")]
    [InlineData("1e400")]
    [InlineData("[1]")]
    [InlineData("null")]
    public void A_price_that_is_no_number_is_no_price(string value) =>
        Assert.Empty(CatalogueReader.Read(Encoding.UTF8.GetBytes($$"""{ "m": { "litellm_provider": "openai", "input_cost_per_token": {{value}} } }""")).Models);

    [Fact]
    public void Whatever_is_cut_or_changed_in_a_file_it_is_read_or_refused()
    {
        var whole = Encoding.UTF8.GetBytes($$"""
            {
              {{LiteLlmReaderTests.Chat("azure/us/gpt-9", "azure", "1e-06", "2e-06")}},
              "hd/1024-x-1024/pic": { "litellm_provider": "openai", "mode": "image_generation", "input_cost_per_pixel": 7e-08 },
              "q": { "litellm_provider": "dashscope", "tiered_pricing": [{ "range": [0, 1000], "input_cost_per_token": 1e-06 }] }
            }
            """);
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, whole.Length - 1], Gen.Byte).Sample(
            (length, at, with) =>
            {
                var changed = whole[..length];
                if (at < length)
                {
                    changed[at] = with;
                }

                try
                {
                    Assert.NotNull(CatalogueReader.Read(changed).Models);
                }
                catch (FormatException refused)
                {
                    Assert.NotEmpty(refused.Message);
                }
            },
            iter: 5_000);
    }
}
