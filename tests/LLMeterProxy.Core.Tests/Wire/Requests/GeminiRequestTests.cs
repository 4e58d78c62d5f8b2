using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class GeminiRequestTests
{
    private const string Generate = "/v1beta/models/gemini-2.5-flash:generateContent";
    private const string Stream = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";

    [Theory]
    [InlineData("""{"contents":[],"generationConfig":{"maxOutputTokens":256,"candidateCount":8}}""")]
    [InlineData("""{"contents":[],"generation_config":{"max_output_tokens":256,"candidate_count":8}}""")]
    [InlineData("""{"generationConfig":{"candidateCount":8,"max_output_tokens":256,"thinkingConfig":{"thinkingBudget":0}},"contents":[]}""")]
    [Trait("Acceptance", "T41")]
    public void Limit_and_candidates_are_read_in_either_spelling(string body)
    {
        var facts = Dialects.Facts("gemini", Generate, body);

        Assert.Equal(("gemini-2.5-flash", 256L, 8, false), (facts.Model, facts.MaxOutputTokens, facts.Choices, facts.Stream));
        Assert.Null(facts.UsageSplice);
    }

    [Fact]
    [Trait("Acceptance", "T34")]
    public void The_path_decides_on_the_stream()
    {
        Assert.True(Dialects.Facts("gemini", Stream, """{"contents":[]}""").Stream);
        Assert.False(Dialects.Facts("gemini", Generate, """{"contents":[],"stream":true}""").Stream);
    }

    [Theory]
    [InlineData("gemini-2.5-flash")]
    [InlineData("models/gemini-2.5-flash")]
    public void The_model_of_the_path_may_be_repeated_in_the_body(string model)
    {
        Assert.Equal("gemini-2.5-flash", Dialects.Facts("gemini", Generate, $$"""{"model":"{{model}}"}""").Model);
    }

    [Theory]
    [InlineData("gemini-2.5-pro")]
    [InlineData("models/gemini-2.5-pro")]
    [InlineData("")]
    [Trait("Acceptance", "T33")]
    public void Another_model_in_the_body_is_refused(string model)
    {
        var problem = Dialects.Problem("gemini", Generate, $$"""{"model":"{{model}}"}""");
        Assert.Equal((ProblemCode.ConflictingModel, "model"), (problem.Code, problem.Param));
    }

    [Theory]
    [InlineData("""{"contents":[{"parts":[{"fileData":{"fileUri":"https://example.org/f"}}]}]}""", "fileData")]
    [InlineData("""{"contents":[{"parts":[{"file_data":{"file_uri":"https://example.org/f"}}]}]}""", "fileData")]
    [InlineData("""{"systemInstruction":{"parts":[{"fileData":{"fileUri":"https://example.org/f"}}]}}""", "fileData")]
    [InlineData("""{"cachedContent":"cachedContents/1"}""", "cachedContent")]
    [InlineData("""{"cached_content":"cachedContents/1"}""", "cachedContent")]
    [InlineData("""{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}]}""", "inlineData")]
    [InlineData("""{"contents":[{"parts":[{"inline_data":{"data":"AAAA","mime_type":"application/pdf"}}]}]}""", "inlineData")]
    [InlineData("""{"contents":[{"parts":[{"inlineData":{"mimeType":"video/mp4","data":"AAAA"}}]}]}""", "inlineData")]
    [InlineData("""{"contents":[{"parts":[{"text":"fileData"}]}]}""", null)]
    public void Input_that_the_body_only_points_to_is_named(string body, string? hidden)
    {
        Assert.Equal(hidden, Dialects.Facts("gemini", Generate, body).HiddenInput);
    }

    [Theory]
    [InlineData("""[{"functionDeclarations":[{"name":"googleSearch"}]}]""", null)]
    [InlineData("""[{"function_declarations":[]}]""", null)]
    [InlineData("""[{"googleSearch":{}}]""", "googleSearch")]
    [InlineData("""[{"functionDeclarations":[]},{"google_search":{}}]""", "google_search")]
    [InlineData("""[{"googleSearch":null}]""", null)]
    [InlineData("""[{"googleSearchRetrieval":{}}]""", "googleSearchRetrieval")]
    [InlineData("""[{"googleMaps":{}}]""", "googleMaps")]
    [InlineData("""[{"urlContext":{}}]""", "urlContext")]
    [InlineData("""[{"codeExecution":{}}]""", "codeExecution")]
    [InlineData("""{"publishedTomorrow":{}}""", "publishedTomorrow")]
    [Trait("Acceptance", "T51")]
    public void A_tool_that_Google_runs_is_named(string tools, string? serverTool)
    {
        Assert.Equal(serverTool, Dialects.Facts("gemini", Generate, $$"""{"tools":{{tools}}}""").ServerTool);
    }

    [Theory]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1},"generation_config":{"maxOutputTokens":9}}""", ProblemCode.DuplicateProperty)]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1,"max_output_tokens":9}}""", ProblemCode.DuplicateProperty)]
    [InlineData("""{"generationConfig":{"maxOutputTokens":0}}""", ProblemCode.InvalidValue)]
    [InlineData("""{"generationConfig":{"candidateCount":129}}""", ProblemCode.InvalidValue)]
    [InlineData("""{"generationConfig":[]}""", ProblemCode.InvalidValue)]
    [InlineData("""[]""", ProblemCode.InvalidJson)]
    public void A_body_with_two_readings_or_none_is_refused(string body, ProblemCode code)
    {
        Assert.Equal(code, Dialects.Problem("gemini", Generate, body).Code);
    }

    [Fact]
    public void Labels_are_no_end_user()
    {
        Assert.Null(Dialects.Facts("gemini", Generate, """{"labels":{"user":"u"},"contents":[]}""").EndUser);
    }

    [Theory]
    [InlineData("flex", "flex")]
    [InlineData("priority", "priority")]
    [InlineData("standard", null)]
    public void The_tier_is_read(string value, string? tier)
    {
        Assert.Equal(tier, Dialects.Facts("gemini", Generate, $$"""{"serviceTier":"{{value}}"}""").ServiceTier);
    }

    [Fact]
    public void The_OpenAI_form_is_read_as_OpenAI_requests_and_asked_for_usage()
    {
        var facts = Dialects.Facts("gemini", "/v1beta/openai/chat/completions", """{"model":"gemini-2.5-flash","stream":true,"max_tokens":9}""");
        Assert.Equal(("gemini-2.5-flash", true, 9L), (facts.Model, facts.Stream, facts.MaxOutputTokens));
        Assert.NotNull(facts.UsageSplice);
    }
}
