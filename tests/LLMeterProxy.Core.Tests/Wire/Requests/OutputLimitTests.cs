using System.Text;
using System.Text.Json;
using CsCheck;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

[Trait("Acceptance", "A8")]
public sealed class OutputLimitTests
{
    [Theory]
    [InlineData("openai", "/v1/chat/completions", """{"model":"m"}""", """{"max_completion_tokens":50,"model":"m"}""")]
    [InlineData("openai", "/v1/chat/completions", """{"model":"m","max_tokens":null}""", """{"max_completion_tokens":50,"model":"m","max_tokens":null}""")]
    [InlineData("openai", "/v1/chat/completions", """{"model":"m","max_completion_tokens": null}""", """{"model":"m","max_completion_tokens": 50}""")]
    [InlineData("openai", "/v1/chat/completions", """{"model":"m","max_tokens": 100 ,"max_completion_tokens":9}""", """{"model":"m","max_tokens": 50 ,"max_completion_tokens":9}""")]
    [InlineData("openai", "/v1/chat/completions", """{"max_completion_tokens":1000,"model":"m","max_tokens":60}""", """{"max_completion_tokens":50,"model":"m","max_tokens":50}""")]
    [InlineData("openai", "/v1/chat/completions", """{"model":"m","max_tokens":50}""", """{"model":"m","max_tokens":50}""")]
    [InlineData("openai", "/v1/completions", """{"model":"m"}""", """{"model":"m"}""")]
    [InlineData("openai", "/v1/responses", """{"model":"m"}""", """{"max_output_tokens":50,"model":"m"}""")]
    [InlineData("openai", "/v1/responses", """{"model":"m","max_output_tokens":51}""", """{"model":"m","max_output_tokens":50}""")]
    [InlineData("openai", "/v1/embeddings", """{"model":"m"}""", """{"model":"m"}""")]
    [InlineData("openai-compatible", "/v1/chat/completions", """{"model":"m"}""", """{"max_tokens":50,"model":"m"}""")]
    [InlineData("openai-compatible", "/v1/chat/completions", """{"model":"m","max_tokens":null}""", """{"model":"m","max_tokens":50}""")]
    [InlineData("openai-compatible", "/v1/completions", """{"model":"m"}""", """{"max_tokens":50,"model":"m"}""")]
    [InlineData("openrouter", "/api/v1/chat/completions", """{"model":"m"}""", """{"max_tokens":50,"model":"m"}""")]
    [InlineData("openrouter", "/api/v1/messages", """{"model":"m","max_tokens":51}""", """{"model":"m","max_tokens":50}""")]
    [InlineData("anthropic", "/v1/messages", """{"model":"m"}""", """{"max_tokens":50,"model":"m"}""")]
    [InlineData("anthropic", "/v1/messages", """{"model":"m","max_tokens":null}""", """{"model":"m","max_tokens":50}""")]
    [InlineData("gemini", "/v1/models/m:generateContent", """{"contents":[]}""", """{"generationConfig":{"maxOutputTokens":50},"contents":[]}""")]
    [InlineData("gemini", "/v1/models/m:generateContent", """{}""", """{"generationConfig":{"maxOutputTokens":50}}""")]
    [InlineData("gemini", "/v1/models/m:generateContent", """{"generationConfig":null}""", """{"generationConfig":{"maxOutputTokens":50}}""")]
    [InlineData("gemini", "/v1/models/m:generateContent", """{"generationConfig":{ }}""", """{"generationConfig":{"maxOutputTokens":50 }}""")]
    [InlineData("gemini", "/v1/models/m:generateContent", """{"generation_config":{"topK":1}}""", """{"generation_config":{"maxOutputTokens":50,"topK":1}}""")]
    [InlineData("gemini", "/v1/models/m:generateContent", """{"generationConfig":{"maxOutputTokens":null}}""", """{"generationConfig":{"maxOutputTokens":50}}""")]
    [InlineData("gemini", "/v1/models/m:generateContent", """{"generationConfig":{"max_output_tokens":99}}""", """{"generationConfig":{"max_output_tokens":50}}""")]
    [InlineData("gemini", "/v1beta/openai/chat/completions", """{"model":"m"}""", """{"max_tokens":50,"model":"m"}""")]
    public void A_clamp_writes_the_limit_where_the_provider_reads_it(string kind, string path, string body, string sent)
    {
        Assert.Equal(sent, Clamped(kind, path, body, 50));
    }

    [Fact]
    public void A_documented_default_below_the_clamp_stays_and_one_above_is_lowered()
    {
        Assert.Equal("""{"model":"m"}""", Clamped("openai", "/v1/completions", """{"model":"m"}""", 16));
        Assert.Equal("""{"max_tokens":15,"model":"m"}""", Clamped("openai", "/v1/completions", """{"model":"m"}""", 15));
    }

    [Fact]
    public void A_clamp_and_the_ask_for_usage_go_into_one_body()
    {
        const string Body = """{"model":"m","stream":true}""";
        var bytes = Encoding.UTF8.GetBytes(Body);
        var facts = Dialects.Facts("openai", "/v1/chat/completions", Body);

        var sent = BodyEdits.Apply(bytes, [facts.UsageSplice!.Value, .. BodyEdits.Clamp(facts, bytes, 50)]);

        Assert.Equal("""{"stream_options":{"include_usage":true},"max_completion_tokens":50,"model":"m","stream":true}""", Encoding.UTF8.GetString(sent));
    }

    [Fact]
    public void After_a_clamp_no_limit_is_above_it_and_nothing_else_changed() => Gen.Select(Bodies.ChatStreams, Gen.Long[1, 200]).Sample(
        (body, limit) =>
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            var facts = Dialects.Facts("openai", "/v1/chat/completions", body);
            var sent = Encoding.UTF8.GetString(BodyEdits.Apply(bytes, [.. BodyEdits.Clamp(facts, bytes, limit)]));

            var after = Dialects.Facts("openai", "/v1/chat/completions", sent);
            Assert.InRange(after.MaxOutputTokens!.Value, 1, limit);
            Assert.Equal(Math.Min(limit, facts.MaxOutputTokens ?? limit), after.MaxOutputTokens);
            Assert.Equal((facts.Model, facts.Choices, facts.Stream, facts.IncludeUsage), (after.Model, after.Choices, after.Stream, after.IncludeUsage));
            using var parsed = JsonDocument.Parse(sent);
            Assert.Equal(parsed.RootElement.EnumerateObject().Count(), parsed.RootElement.EnumerateObject().DistinctBy(member => member.Name).Count());
        },
        iter: 5_000);

    private static string Clamped(string kind, string path, string body, long limit)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var edits = BodyEdits.Clamp(Dialects.Facts(kind, path, body), bytes, limit);
        return Encoding.UTF8.GetString(BodyEdits.Apply(bytes, [.. edits]));
    }
}
