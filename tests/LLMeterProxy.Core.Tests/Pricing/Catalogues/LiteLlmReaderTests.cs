using System.Text;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Pricing.Catalogues;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Pricing.Catalogues;

/// <summary>
/// Entries in the form of LiteLLM's model_prices_and_context_window.json. The names of the fields, and the slips that the file has had
/// (a price per token in a field per image, the same second for input and output, input and output changed), are those of the public file.
/// </summary>
public sealed class LiteLlmReaderTests
{
    [Fact]
    public void Prices_for_one_token_become_prices_for_a_million()
    {
        var model = One("""
            "gpt-9": { "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 128000, "max_output_tokens": 16384,
              "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-06,
              "cache_creation_input_token_cost": 3.125e-06, "cache_creation_input_token_cost_above_1hr": 5e-06 }
            """);
        Assert.Equal(("openai", "gpt-9", 128_000L, 16_384L), (model.List, model.Id, model.ContextWindow, model.MaxOutputTokens));
        var rates = model.Prices[0].Standard.Rates;
        Assert.Equal(2.5m, rates[UnitNames.InputToken]);
        Assert.Equal(10m, rates[UnitNames.OutputToken]);
        Assert.Equal(1.25m, rates[UnitNames.CacheReadToken]);
        Assert.Equal(3.125m, rates[UnitNames.CacheWrite5mToken]);
        Assert.Equal(5m, rates[UnitNames.CacheWrite1hToken]);
    }

    [Fact]
    public void What_a_binary_fraction_left_is_taken_off() =>
        Assert.Equal(0.33m, One(Chat("x", "openai", "3.3000000000000003e-07", "1e-06")).Prices[0].Standard.Rates[UnitNames.InputToken]);

    [Fact]
    public void A_field_names_a_class_a_step_and_a_tier()
    {
        var price = One("""
            "m": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 6e-06,
              "cache_creation_input_token_cost": 1e-06, "cache_creation_input_token_cost_above_272k_tokens": 2e-06,
              "input_cost_per_token_above_272k_tokens": 2e-06, "input_cost_per_token_flex": 5e-07, "output_cost_per_token_flex": 3e-06,
              "input_cost_per_token_above_272k_tokens_flex": 1e-06, "input_cost_per_token_batches": 5e-07, "input_cost_per_token_priority": 1.7e-06 }
            """).Prices[0];
        Assert.Equal(2m, price.Standard.Steps[272_000][UnitNames.InputToken]);
        Assert.Equal(2m, price.Standard.Steps[272_000][UnitNames.CacheWrite5mToken]);
        Assert.Equal(0.5m, price.Tiers["flex"].Rates[UnitNames.InputToken]);
        Assert.Equal(1m, price.Tiers["flex"].Steps[272_000][UnitNames.InputToken]);
        Assert.Equal(["batch", "flex", "priority"], price.Tiers.Keys);
    }

    [Theory]
    [InlineData("azure/eu/gpt-9-2026-01-01", "azure", "azure-openai", "gpt-9-2026-01-01", "eu")]
    [InlineData("azure/global-standard/gpt-9", "azure", "azure-openai", "gpt-9", "global")]
    [InlineData("azure_ai/grok-9", "azure_ai", "azure-openai", "grok-9", null)]
    [InlineData("us.anthropic.claude-sonnet-9-20270101-v1:0", "bedrock_converse", "bedrock", "anthropic.claude-sonnet-9", "us")]
    [InlineData("bedrock/ap-south-1/meta.llama9-v1:0", "bedrock", "bedrock", "meta.llama9-v1:0", "ap-south-1")]
    [InlineData("bedrock/us-gov-west-1/claude-9-v1:0", "bedrock", "bedrock", "claude-9-v1:0", "us-gov-west-1")]
    [InlineData("vertex_ai/claude-sonnet-9@20270101", "vertex_ai-anthropic_models", "vertex", "claude-sonnet-9@20270101", null)]
    [InlineData("together_ai/meta/x", "together_ai", "together", "meta/x", null)]
    [InlineData("fireworks_ai/accounts/fireworks/models/x", "fireworks_ai", "fireworks", "accounts/fireworks/models/x", null)]
    [InlineData("dashscope/qwen9", "dashscope", "alibaba", "qwen9", null)]
    [InlineData("command-z", "cohere_chat", "cohere", "command-z", null)]
    [InlineData("some_host/x", "some_host", "some-host", "x", null)]
    public void A_name_is_taken_apart(string key, string provider, string list, string id, string? geo)
    {
        var name = LiteLlmName.Of(key, provider);
        Assert.Equal((list, id, geo), (name.List, name.Id, name.Geo));
    }

    [Fact]
    public void Regions_become_factors_or_prices_of_the_model()
    {
        var model = One($"""
            {Chat("azure/gpt-9", "azure", "1e-06", "4e-06")},
            {Chat("azure/us/gpt-9", "azure", "1.1e-06", "4.4e-06")},
            {Chat("azure/eu/gpt-9", "azure", "1.2e-06", "4.4e-06")}
            """);
        Assert.Equal(1.1m, Assert.Single(model.Prices[0].Geos).Value);
        Assert.Equal(1.2m, Assert.Single(model.Prices[0].GeoRates).Value[UnitNames.InputToken]);
    }

    [Fact]
    public void Regions_listed_by_a_dated_name_belong_to_its_model()
    {
        var model = One($"""
            {Chat("azure/gpt-9", "azure", "1e-06", "4e-06")},
            {Chat("azure/gpt-9-2026-01-01", "azure", "1e-06", "4e-06")},
            {Chat("azure/us/gpt-9-2026-01-01", "azure", "1.1e-06", "4.4e-06")}
            """);
        Assert.Equal(("gpt-9", 1.1m), (model.Id, model.Prices[0].Geos["us"]));
    }

    [Fact]
    public void A_snapshot_of_another_price_stays()
    {
        var models = Models($"{Chat("m", "openai", "1e-06", "4e-06")}, {Chat("m-2025-01-01", "openai", "2e-06", "4e-06")}, {Chat("m-2026-01-01", "openai", "1e-06", "4e-06")}");
        Assert.Equal(["m", "m-2025-01-01"], models.Select(m => m.Id));
    }

    [Fact]
    public void Images_by_size_and_quality_are_units_of_one_model()
    {
        // 3.81469e-08 x 1,024 x 1,024 = 0.04; 6.539e-08 x 1,024 x 1,792 = 0.12
        var model = One("""
            "standard/1024-x-1024/pic": { "litellm_provider": "openai", "mode": "image_generation", "input_cost_per_pixel": 3.81469e-08, "output_cost_per_pixel": 0.0 },
            "hd/1024-x-1792/pic": { "litellm_provider": "openai", "mode": "image_generation", "input_cost_per_pixel": 6.539e-08 }
            """);
        Assert.Equal(0.04m, model.Prices[0].Units["image/1024x1024"]);
        Assert.Equal(0.12m, model.Prices[0].Units["image/1024x1792/hd"]);
    }

    [Fact]
    public void Units_of_every_kind_are_read()
    {
        var price = One("""
            "m": { "litellm_provider": "mistral", "mode": "ocr", "ocr_cost_per_page": 0.004, "annotation_cost_per_page": 0.005,
              "input_cost_per_character": 1.5e-05, "citation_cost_per_token": 2e-06, "code_interpreter_cost_per_session": 0.03,
              "file_search_cost_per_1k_calls": 2.5, "output_cost_per_video_per_second": 0.3 }
            """).Prices[0];
        Assert.Equal(
            "character 0.000015, citation_token 0.000002, code_interpreter_session 0.03, file_search 0.0025, page 0.004, page/annotated 0.005, second 0.3",
            string.Join(", ", price.Units.Select(u => $"{u.Key} {u.Value:0.######}")));
    }

    [Theory]
    [InlineData("perplexity", "sonar", 0.005, 0.008, 0.012, "request 0.005, request/high 0.012, request/low 0.005, request/medium 0.008")]
    [InlineData("openai", "m", 0.03, 0.035, 0.05, "web_search 0.035, web_search/high 0.05, web_search/low 0.03, web_search/medium 0.035")]
    [InlineData("anthropic", "m", 0.01, 0.01, 0.01, "web_search 0.01")]
    [InlineData("gemini", "m", 0.035, 0.035, 0.035, "grounded_prompt 0.035")]
    [InlineData("gemini", "m", 0.014, 0.014, 0.014, "grounding_query 0.014")]
    public void A_search_is_charged_in_the_providers_way(string provider, string id, double low, double medium, double high, string units)
    {
        var model = One(FormattableString.Invariant($$"""
            "{{provider}}/{{id}}": { "litellm_provider": "{{provider}}", "mode": "chat", "input_cost_per_token": 1e-06, "search_context_cost_per_query":
              { "search_context_size_low": {{low}}, "search_context_size_medium": {{medium}}, "search_context_size_high": {{high}} } }
            """));
        Assert.Equal(units, string.Join(", ", model.Prices[0].Units.Select(u => $"{u.Key} {u.Value:0.###}")));
    }

    [Fact]
    public void Ranges_become_steps()
    {
        var price = One("""
            "dashscope/q": { "litellm_provider": "dashscope", "mode": "chat", "tiered_pricing": [
              { "range": [0, 32000.0], "input_cost_per_token": 1e-06, "output_cost_per_token": 5e-06 },
              { "range": [32000.0, 128000.0], "input_cost_per_token": 1.8e-06, "output_cost_per_token": 9e-06 } ] }
            """).Prices[0];
        Assert.Equal(1m, price.Standard.Rates[UnitNames.InputToken]);
        Assert.Equal(9m, price.Standard.Steps[32_000][UnitNames.OutputToken]);
    }

    [Fact]
    public void Speeds_and_regions_of_a_provider_are_factors()
    {
        var price = One("""
            "m": { "litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 1e-06, "provider_specific_entry": { "us": 1.1, "fast": 6.0 },
              "regional_processing_uplift_multiplier_eu": 1.1 }
            """).Prices[0];
        Assert.Equal(6m, price.Speeds["fast"]);
        Assert.Equal((1.1m, 1.1m), (price.Geos["us"], price.Geos["eu"]));
    }

    // A58: each of these stood in the file once
    [Theory]
    [Trait("Acceptance", "A58")]
    [InlineData("a price per token in a field per image", """ "mode": "realtime", "input_cost_per_token": 4e-06, "input_cost_per_image": 5e-06 """, "input_token 4")]
    [InlineData("the same second twice", """ "mode": "audio_transcription", "input_cost_per_second": 0.0001, "output_cost_per_second": 0.0001 """, "second 0.0001")]
    [InlineData("an image and its tokens", """ "mode": "image_generation", "output_cost_per_image": 0.039, "output_cost_per_image_token": 3e-05 """, "image_output_token 30")]
    [InlineData("audio below text", """ "mode": "chat", "input_cost_per_token": 1.5e-06, "input_cost_per_audio_token": 1e-06 """, "input_token 1.5")]
    [InlineData("a priority tier that is the standard one", """ "mode": "chat", "input_cost_per_token": 1e-06, "input_cost_per_token_priority": 1e-06 """, "input_token 1")]
    [InlineData("storage of a cache in the field of writes", """ "mode": "chat", "input_cost_per_token": 2e-06, "cache_creation_input_token_cost_above_200k_tokens": 2.5e-07 """, "input_token 2")]
    [InlineData("a cache that is said to be free", """ "mode": "chat", "input_cost_per_token": 2e-06, "cache_read_input_token_cost": 0 """, "input_token 2")]
    [InlineData("an embedding's output", """ "mode": "embedding", "input_cost_per_token": 2e-08, "output_cost_per_token": 0.0 """, "input_token 0.02")]
    [InlineData("cached audio as a write", """ "mode": "realtime", "input_cost_per_audio_token": 3.2e-05, "cache_creation_input_audio_token_cost": 4e-07 """, "audio_cache_read_token 0.4, audio_input_token 32")]
    public void A_slip_is_not_taken_over(string slip, string fields, string prices)
    {
        Assert.NotEmpty(slip);
        var price = One($$""" "m": { "litellm_provider": "openai", {{fields}} } """).Prices[0];
        Assert.Equal(prices, string.Join(", ", price.Standard.Rates.Concat(price.Units).Select(r => $"{r.Key} {r.Value:0.######}")));
        Assert.Empty(price.Tiers);
        Assert.Empty(price.Standard.Steps);
    }

    [Fact]
    public void What_states_no_price_is_left_out_and_said()
    {
        var catalogue = Read($$"""
            {{Chat("m", "openai", "1e-06", "1e-06")}},
            "n": { "litellm_provider": "openai", "mode": "chat" },
            "bedrock/us-east-1/1-month-commitment/x": { "litellm_provider": "bedrock", "input_cost_per_second": 0.01 },
            "o": { "mode": "chat" }
            """);
        Assert.Single(catalogue.Models);
        Assert.Equal(["n", "bedrock/us-east-1/1-month-commitment/x", "o"], catalogue.LeftOut.Select(r => r.Entry));
    }

    [Fact]
    public void What_is_written_of_it_reads_as_a_price_file()
    {
        var catalogue = Read($$"""
            "m": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06,
              "input_cost_per_token_above_200k_tokens": 4e-06, "input_cost_per_token_batches": 1e-06, "output_cost_per_token_batches": 4e-06,
              "input_cost_per_token_priority": 3e-06, "provider_specific_entry": { "us": 1.1, "fast": 2.0 } },
            {{Chat("azure/n", "azure", "1e-06", "4e-06")}}, {{Chat("azure/us/n", "azure", "1.3e-06", "4.4e-06")}}
            """);
        var (book, errors) = PriceBookReader.Read(CatalogueWriter.Write(catalogue.Models, catalogue.Name, new DateOnly(2026, 11, 24)));
        Assert.Empty(errors);
        var card = book!.Resolve("openai", "m")!.RateCards[0];
        Assert.Equal("litellm", card.Source);
        Assert.Equal(0.5m, card.Tiers["batch"].Multiplier);

        // Priority has no long-context price here, and a factor would make one.
        Assert.Null(card.Tiers["priority"].Multiplier);
        Assert.Equal((1.1m, 2m), (card.Geos["us"].Factor, card.SpeedMultipliers["fast"]));
        Assert.Equal(1_300_000_000m, book.Resolve("azure-openai", "n")!.RateCards[0].Geos["us"].Card!.Rates[UnitNames.InputToken]);
    }

    internal static string Chat(string key, string provider, string input, string output) =>
        $$""" "{{key}}": { "litellm_provider": "{{provider}}", "mode": "chat", "input_cost_per_token": {{input}}, "output_cost_per_token": {{output}} } """;

    internal static Catalogue Read(string entries) => CatalogueReader.Read(Encoding.UTF8.GetBytes("{" + entries + "}"));

    private static IReadOnlyList<CatalogueModel> Models(string entries) => Read(entries).Models;

    private static CatalogueModel One(string entries) => Assert.Single(Models(entries));
}
