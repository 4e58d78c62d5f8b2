using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class AnthropicRequestTests
{
    private const string Messages = "/v1/messages";

    [Fact]
    public void A_message_call_tells_model_stream_limit_and_end_user()
    {
        var facts = Dialects.Facts("anthropic", Messages, """
            {"model":"claude-sonnet-4-5","max_tokens":1024,"stream":true,"metadata":{"user_id":"user_1"},"system":"s","messages":[{"role":"user","content":"hi"}]}
            """);

        Assert.Equal("claude-sonnet-4-5", facts.Model);
        Assert.True(facts.Stream);
        Assert.Equal(1024, facts.MaxOutputTokens);
        Assert.Equal("user_1", facts.EndUser);
        Assert.Null(facts.ServiceTier);
        Assert.Null(facts.UsageSplice);
        Assert.Null(facts.HiddenInput);
    }

    [Theory]
    [InlineData("""{"model":"m","service_tier":"auto"}""", null)]
    [InlineData("""{"model":"m","service_tier":"standard_only"}""", null)]
    [InlineData("""{"model":"m","service_tier":"priority"}""", "priority")]
    [InlineData("""{"model":"m","speed":"fast"}""", "fast")]
    [InlineData("""{"model":"m","speed":"standard"}""", null)]
    public void What_multiplies_the_price_is_the_tier(string body, string? tier)
    {
        Assert.Equal(tier, Dialects.Facts("anthropic", Messages, body).ServiceTier);
    }

    [Theory]
    [InlineData("""{"model":"m","tools":[{"name":"t","input_schema":{"type":"object"}}]}""", null, null)]
    [InlineData("""{"model":"m","tools":[{"type":"custom","name":"t"},{"type":"bash_20250124","name":"bash"},{"type":"text_editor_20250728"},{"type":"computer_20250124"},{"type":"memory_20250818"}]}""", null, null)]
    [InlineData("""{"model":"m","tools":[{"type":"web_search_20250305","name":"web_search","max_uses":5}]}""", "web_search_20250305", 5)]
    [InlineData("""{"model":"m","tools":[{"max_uses":5,"type":"web_search_20250305"},{"type":"web_fetch_20250910","max_uses":2}]}""", "web_search_20250305", 7)]
    [InlineData("""{"model":"m","tools":[{"type":"web_search_20250305","max_uses":5},{"type":"code_execution_20250825"}]}""", "web_search_20250305", null)]
    [InlineData("""{"model":"m","tools":[{"type":"web_search_20250305","max_uses":null}]}""", "web_search_20250305", null)]
    [InlineData("""{"model":"m","tools":[{"type":"published_tomorrow"}]}""", "published_tomorrow", null)]
    [Trait("Acceptance", "T51")]
    public void A_tool_that_the_provider_runs_is_named_with_its_bound(string body, string? serverTool, int? calls)
    {
        var facts = Dialects.Facts("anthropic", Messages, body);
        Assert.Equal((serverTool, calls), (facts.ServerTool, facts.ServerToolCalls));
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://example.org/a.png"}}]}]}""", "source.url")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]}""", "source.data")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"}}]}]}""", "source.data")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"file_1"}}]}]}""", "file_id")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"document","source":{"type":"content","content":[{"type":"image","source":{"type":"url","url":"https://example.org"}}]}}]}]}""", "source.url")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"image","source":{"type":"url"}}]}]}]}""", "source.url")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"container_upload","file_id":"file_1"}]}]}""", "file_id")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"url"}}]}]}""", null)]
    [InlineData("""{"model":"m","container":"c_1"}""", "container")]
    [InlineData("""{"model":"m","container":{"skills":[{"type":"anthropic"}]}}""", "container")]
    [InlineData("""{"model":"m","container":null,"mcp_servers":[]}""", null)]
    [InlineData("""{"model":"m","mcp_servers":[{"type":"url","url":"https://example.org"}]}""", "mcp_servers")]
    public void Input_that_the_body_only_points_to_is_named(string body, string? hidden)
    {
        Assert.Equal(hidden, Dialects.Facts("anthropic", Messages, body).HiddenInput);
    }

    [Theory]
    [InlineData("""{"max_tokens":1}""", ProblemCode.MissingModel)]
    [InlineData("""{"model":"m","max_tokens":0}""", ProblemCode.InvalidValue)]
    [InlineData("""{"model":"m","stream":"yes"}""", ProblemCode.InvalidValue)]
    [InlineData("""{"model":"m","model":"m"}""", ProblemCode.DuplicateProperty)]
    [InlineData("""{"model":"m","metadata":{"user_id":"a","user_id":"b"}}""", ProblemCode.DuplicateProperty)]
    [InlineData("""{"model":"m","tools":[{"type":"custom","type":"web_search_20250305"}]}""", ProblemCode.DuplicateProperty)]
    public void A_body_with_two_readings_is_refused(string body, ProblemCode code)
    {
        Assert.Equal(code, Dialects.Problem("anthropic", Messages, body).Code);
    }

    [Fact]
    public void Token_counting_reads_the_model_and_limits_nothing()
    {
        var facts = Dialects.Facts("anthropic", "/v1/messages/count_tokens", """{"model":"m","messages":[]}""");
        Assert.Equal("m", facts.Model);
        Assert.Null(facts.OutputLimitInsertion);
    }

    [Fact]
    public void OpenRouter_takes_the_same_format()
    {
        var facts = Dialects.Facts("openrouter", "/api/v1/messages", """{"model":"anthropic/claude-sonnet-4.6","max_tokens":7,"metadata":{"user_id":"u"}}""");
        Assert.Equal(("anthropic/claude-sonnet-4.6", 7L, "u"), (facts.Model, facts.MaxOutputTokens, facts.EndUser));
    }
}
