using System.Text;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Pricing.Catalogues;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Pricing.Catalogues;

/// <summary>Entries in the form of Pydantic's genai-prices, whose field names and constraints its package's types define.</summary>
public sealed class GenAiPricesReaderTests
{
    [Fact]
    public void A_model_is_read_with_its_names()
    {
        var model = One("openai", """
            { "id": "gpt-9", "context_window": 128000, "match": { "or": [{ "equals": "gpt-9" }, { "equals": "gpt-9-mini" }, { "starts_with": "gpt-9-x" }] },
              "prices": { "input_mtok": 2.5, "cache_read_mtok": 1.25, "output_mtok": 10, "web_searches_kcount": 10, "storage_searches_kcount": 2.5 } }
            """);
        Assert.Equal(("openai", "gpt-9", 128_000L), (model.List, model.Id, model.ContextWindow));
        Assert.Equal(["gpt-9-mini"], model.Aliases);
        Assert.Equal(2.5m, model.Prices[0].Standard.Rates[UnitNames.InputToken]);
        Assert.Equal((0.01m, 0.0025m), (model.Prices[0].Units[UnitNames.WebSearch], model.Prices[0].Units[UnitNames.FileSearch]));
    }

    [Fact]
    public void Tiers_are_steps_of_context()
    {
        var column = One("openai", """
            { "id": "m", "match": { "equals": "m" }, "prices": { "input_mtok": { "base": 2, "tiers": [{ "start": 200000, "price": 4 }] }, "output_mtok": 12 } }
            """).Prices[0].Standard;
        Assert.Equal((2m, 4m), (column.Rates[UnitNames.InputToken], column.Steps[200_000][UnitNames.InputToken]));
    }

    [Fact]
    public void Dates_and_hours_are_kept()
    {
        var prices = One("deepseek", """
            { "id": "m", "match": { "equals": "m" }, "prices": [
              { "prices": { "input_mtok": 0.435, "output_mtok": 0.87 } },
              { "constraint": { "type": "start_date", "start_date": "2026-08-17" }, "prices": { "input_mtok": 0.66, "output_mtok": 1.98 } },
              { "constraint": { "type": "time_of_date", "start_time": "01:00:00Z", "end_time": "04:00:00Z" }, "prices": { "input_mtok": 1.32, "output_mtok": 3.96 } } ] }
            """).Prices;
        Assert.Equal([CataloguePrice.Always, new DateOnly(2026, 8, 17)], prices.Select(p => p.EffectiveFrom));
        Assert.Empty(prices[0].Hours);
        Assert.Equal(new DailyWindow(new TimeOnly(1, 0), new TimeOnly(4, 0), 2), Assert.Single(prices[1].Hours));
    }

    [Fact]
    public void Hours_are_seconds_and_thousands_are_ones()
    {
        var units = One("mistral", """
            { "id": "m", "match": { "equals": "m" }, "prices": { "audio_hours": 0.36, "input_document_kpages": 4, "input_annotated_document_kpages": 5,
              "requests_kcount": 5, "output_citation_mtok": 2, "input_video_mtok": 3 } }
            """);
        Assert.Equal(
            "citation_token 0.000002, page 0.004, page/annotated 0.005, request 0.005, second 0.0001",
            string.Join(", ", units.Prices[0].Units.Select(u => $"{u.Key} {u.Value:0.######}")));
        Assert.Contains("input_video_mtok left out", Assert.Single(units.Remarks));
    }

    [Theory]
    [InlineData("google", "gemini-9", "gemini")]
    [InlineData("google", "claude-sonnet-9", "vertex")]
    [InlineData("x-ai", "grok-9", "xai")]
    [InlineData("moonshotai", "kimi-9", "moonshot")]
    [InlineData("azure", "phi-9", "azure-openai")]
    public void A_provider_has_the_list_of_its_kind(string provider, string id, string list) =>
        Assert.Equal(list, One(provider, $$"""{ "id": "{{id}}", "match": { "equals": "{{id}}" }, "prices": { "input_mtok": 1 } }""").List);

    // The package lists Bedrock's models as sold through a region's profiles, and as sold everywhere
    [Fact]
    public void Both_prices_of_Bedrock_become_one_model()
    {
        var model = One("aws", """
            { "id": "regional.anthropic.claude-sonnet-9-20270101-v1:0", "match": { "equals": "x" }, "prices": { "input_mtok": 3.3, "output_mtok": 16.5 } },
            { "id": "global.anthropic.claude-sonnet-9-20270101-v1:0", "match": { "equals": "y" }, "prices": { "input_mtok": 3, "output_mtok": 15 } }
            """);
        Assert.Equal(("bedrock", "anthropic.claude-sonnet-9"), (model.List, model.Id));
        Assert.Equal(3m, model.Prices[0].Standard.Rates[UnitNames.InputToken]);
        Assert.Equal((1.1m, 1m), (model.Prices[0].Geos["*"], model.Prices[0].Geos["global"]));
    }

    [Fact]
    public void A_model_without_a_price_is_left_out_and_said() =>
        Assert.Equal("openai/m", Assert.Single(Read("openai", """{ "id": "m", "match": { "equals": "m" }, "prices": {} }""").LeftOut).Entry);

    [Fact]
    public void The_bare_array_of_providers_is_read_too()
    {
        var catalogue = CatalogueReader.Read("""[{ "id": "openai", "models": [{ "id": "m", "match": { "equals": "m" }, "prices": { "input_mtok": 1 } }] }]"""u8.ToArray());
        Assert.Equal(("genai-prices", "m"), (catalogue.Name, Assert.Single(catalogue.Models).Id));
    }

    internal static Catalogue Read(string provider, string models) => CatalogueReader.Read(Encoding.UTF8.GetBytes(
        $$"""{ "version": "9.9", "providers": [{ "id": "{{provider}}", "models": [{{models}}] }] }"""));

    private static CatalogueModel One(string provider, string models)
    {
        var catalogue = Read(provider, models);
        Assert.Equal("genai-prices 9.9", catalogue.Name);
        return Assert.Single(catalogue.Models);
    }
}
