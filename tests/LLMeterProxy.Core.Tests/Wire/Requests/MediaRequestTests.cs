using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

/// <summary>What a request alone tells of its bill (A61, G7).</summary>
[Trait("Acceptance", "A61")]
public sealed class MediaRequestTests
{
    private const string Images = "/v1/images/generations";

    [Theory]
    // OpenAI's reference: dall-e-2 where no model is named, 1024x1024 and standard where no size or quality is.
    [InlineData("""{"prompt":"p"}""", "dall-e-2", "image/1024x1024/standard", 1)]
    [InlineData("""{"prompt":"p","n":2,"size":"256x256"}""", "dall-e-2", "image/256x256/standard", 2)]
    [InlineData("""{"prompt":"p","model":"dall-e-3","size":"1792x1024","quality":"hd"}""", "dall-e-3", "image/1792x1024/hd", 1)]
    [InlineData("""{"prompt":"p","model":"gpt-image-1"}""", "gpt-image-1", "image", 1)]
    [InlineData("""{"prompt":"p","model":"gpt-image-1","size":"auto","quality":"auto","n":null}""", "gpt-image-1", "image", 1)]
    [InlineData("""{"prompt":"p","model":"gpt-image-1","size":"1024x1536","quality":"low"}""", "gpt-image-1", "image/1024x1536/low", 1)]
    [InlineData("""{"prompt":"p","model":"gpt-image-1","size":"A/../B","quality":"low"}""", "gpt-image-1", "image", 1)]
    public void Images_are_units_by_size_and_quality(string body, string model, string unit, int quantity)
    {
        var facts = Dialects.Facts("openai", Images, body);
        Assert.Equal(model, facts.Model);
        Assert.Equal([new UnitCount(unit, quantity)], facts.Units);
    }

    [Fact]
    public void An_image_of_xAI_is_a_unit_by_its_resolution() => Assert.Equal(
        [new UnitCount("image/2k", 1)], Dialects.Facts("xai", Images, """{"model":"grok-imagine-image","prompt":"p","resolution":"2k","aspect_ratio":"4:3"}""").Units);

    [Theory]
    [InlineData("openai", """{"prompt":"p","output_format":"png"}""")]
    [InlineData("openai", """{"prompt":"p","background":"opaque"}""")]
    [InlineData("xai", """{"prompt":"p"}""")]
    [InlineData("openai-compatible", """{"prompt":"p"}""")]
    public void A_model_is_assumed_only_where_the_provider_documents_it(string kind, string body) =>
        Assert.Equal(ProblemCode.MissingModel, Dialects.Problem(kind, Images, body).Code);

    [Theory]
    [InlineData("hello", 5)]
    [InlineData("", 0)]
    [InlineData("Gr\u00fc\u00dfe", 5)]
    [InlineData("\ud83d\ude00\ud83d\ude00", 2)]
    [InlineData("e\u0301", 2)]
    public void Speech_is_counted_by_code_points(string text, int characters)
    {
        var facts = Dialects.Facts("openai", "/v1/audio/speech", "{\"model\":\"tts-1\",\"voice\":\"alloy\",\"input\":" + System.Text.Json.JsonSerializer.Serialize(text) + "}");
        Assert.Equal([new UnitCount("character", characters)], facts.Units);
    }

    [Fact]
    public void Speech_without_text_is_refused() =>
        Assert.Equal(ProblemCode.InvalidValue, Dialects.Problem("openai", "/v1/audio/speech", """{"model":"tts-1","input":["a"]}""").Code);

    [Theory]
    [InlineData("""{"model":"mistral-ocr-latest","document":{"type":"document_url","document_url":"https://example.org/a.pdf"}}""", "page")]
    [InlineData("""{"model":"mistral-ocr-latest","document":{},"document_annotation_format":null}""", "page")]
    [InlineData("""{"model":"mistral-ocr-latest","document":{"type":"x"},"bbox_annotation_format":{"type":"json_schema"}}""", "page/annotated")]
    public void A_document_is_pages_and_annotated_ones_are_dearer(string body, string unit) =>
        Assert.Equal(unit, Assert.Single(Dialects.Facts("mistral", "/v1/ocr", body).Units).Unit);

    [Fact]
    public void A_search_has_no_model_and_is_one_request()
    {
        var facts = Dialects.Facts("perplexity", "/search", """{"query":["a","b"],"max_results":5}""");
        Assert.Equal("search", facts.Model);
        Assert.Equal([new UnitCount("request", 1)], facts.Units);
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o-search-preview"}""", "web_search/medium")]
    [InlineData("""{"model":"gpt-4o-mini-search-preview-2025-03-11","web_search_options":{"search_context_size":"high"}}""", "web_search/high")]
    [InlineData("""{"model":"gpt-5-search-api","web_search_options":{}}""", "web_search/medium")]
    [InlineData("""{"model":"gpt-4o","web_search_options":{"search_context_size":null}}""", "web_search/medium")]
    [InlineData("""{"model":"gpt-4o","web_search_options":null}""", null)]
    [InlineData("""{"model":"gpt-4o"}""", null)]
    public void A_chat_that_searches_is_billed_one_search(string body, string? unit)
    {
        var facts = Dialects.Facts("openai", "/v1/chat/completions", body);
        Assert.Equal(unit is null ? [] : [new UnitCount(unit, 1)], facts.Units);
        Assert.Equal(unit is null ? null : "web_search", facts.ServerTool);
    }

    // Perplexity always searches, and states its fee by request in the usage.
    [Fact]
    public void A_chat_of_Perplexity_with_search_options_is_no_search_by_call() =>
        Assert.Empty(Dialects.Facts("perplexity", "/chat/completions", """{"model":"sonar","web_search_options":{"search_context_size":"low"}}""").Units);
}
