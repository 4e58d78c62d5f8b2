using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

/// <summary>In what the kinds that speak OpenAI's format differ as to requests.</summary>
public sealed class FamilyRequestTests
{
    [Theory]
    [InlineData("openai", "/v1/chat/completions", true)]
    [InlineData("xai", "/v1/chat/completions", true)]
    [InlineData("openai-compatible", "/v1/chat/completions", true)]
    // Their streams always carry usage.
    [InlineData("mistral", "/v1/chat/completions", false)]
    [InlineData("deepseek", "/v1/chat/completions", false)]
    [InlineData("groq", "/openai/v1/chat/completions", false)]
    [InlineData("perplexity", "/chat/completions", false)]
    [InlineData("openrouter", "/api/v1/chat/completions", false)]
    [Trait("Acceptance", "A37")]
    public void Usage_is_asked_for_only_where_the_stream_would_have_none(string kind, string path, bool asks) =>
        Assert.Equal(asks, Dialects.Facts(kind, path, """{"model":"m","messages":[],"stream":true}""").UsageSplice is not null);

    [Theory]
    [InlineData("""{"model":"grok-4","messages":[],"deferred":true}""", ProblemCode.EndpointNotMetered)]
    [InlineData("""{"model":"grok-4","messages":[],"deferred":"true"}""", ProblemCode.InvalidValue)]
    [Trait("Acceptance", "T52")]
    public void A_deferred_completion_of_xAI_is_refused_by_its_field(string body, ProblemCode code)
    {
        Assert.Equal(code, Dialects.Problem("xai", "/v1/chat/completions", body).Code);
        Assert.Equal("grok-4", Dialects.Facts("xai", "/v1/chat/completions", """{"model":"grok-4","deferred":false}""").Model);
    }

    [Fact]
    public void An_agent_of_Mistral_stands_for_its_model()
    {
        Assert.Equal("ag:1:x", Dialects.Facts("mistral", "/v1/agents/completions", """{"agent_id":"ag:1:x","messages":[]}""").Model);
        Assert.Equal(ProblemCode.MissingModel, Dialects.Problem("mistral", "/v1/agents/completions", """{"messages":[]}""").Code);
    }

    [Theory]
    [InlineData("deepseek", "/anthropic/v1/messages")]
    [InlineData("azure-openai", "/anthropic/v1/messages")]
    [InlineData("xai", "/v1/messages")]
    public void Anthropics_form_is_read_as_Anthropics(string kind, string path)
    {
        var facts = Dialects.Facts(kind, path, """{"model":"m","max_tokens":7,"metadata":{"user_id":"u"},"messages":[]}""");
        Assert.Equal((7, "u"), (facts.MaxOutputTokens, facts.EndUser));
    }

    [Theory]
    [InlineData("openai-compatible", "/v1/rerank")]
    [InlineData("openrouter", "/api/v1/rerank")]
    [InlineData("perplexity", "/v1/embeddings")]
    public void Reranking_and_embeddings_have_no_output_to_limit(string kind, string path)
    {
        var facts = Dialects.Facts(kind, path, """{"model":"m","query":"q","documents":["a","b"],"input":"x"}""");
        Assert.Equal("m", facts.Model);
        Assert.Null(facts.OutputLimitInsertion);
    }
}
