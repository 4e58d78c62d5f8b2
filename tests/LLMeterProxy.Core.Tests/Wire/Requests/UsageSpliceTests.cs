using System.Text;
using System.Text.Json;
using CsCheck;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class UsageSpliceTests
{
    private const string Chat = "/v1/chat/completions";

    [Theory]
    [InlineData("""{"model":"m","stream":true}""", """{"stream_options":{"include_usage":true},"model":"m","stream":true}""")]
    [InlineData("""{ "model":"m","stream":true}""", """{"stream_options":{"include_usage":true}, "model":"m","stream":true}""")]
    [InlineData("""{"stream":true,"stream_options":null,"model":"m"}""", """{"stream":true,"stream_options":{"include_usage":true},"model":"m"}""")]
    [InlineData("""{"stream":true,"stream_options":{ },"model":"m"}""", """{"stream":true,"stream_options":{"include_usage":true },"model":"m"}""")]
    [InlineData("""{"stream":true,"stream_options": {"include_obfuscation" : false},"model":"m"}""", """{"stream":true,"stream_options": {"include_usage":true,"include_obfuscation" : false},"model":"m"}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage": false,"x":{"include_usage":false}},"model":"m"}""", """{"stream":true,"stream_options":{"include_usage": true,"x":{"include_usage":false}},"model":"m"}""")]
    [InlineData("""{"stream":true,"stream_options":{"x":1,"include_usage":null},"model":"m"}""", """{"stream":true,"stream_options":{"x":1,"include_usage":true},"model":"m"}""")]
    [InlineData("""{"stream_options":{"include_us\u0061ge":false},"stream":true,"model":"m"}""", """{"stream_options":{"include_us\u0061ge":true},"stream":true,"model":"m"}""")]
    [Trait("Acceptance", "G16")]
    [Trait("Acceptance", "T45")]
    public void A_stream_that_did_not_ask_for_usage_is_made_to(string body, string sent)
    {
        foreach (var (kind, path) in new[] { ("openai", Chat), ("openai", "/v1/completions"), ("openai-compatible", "/x/chat/completions"), ("gemini", "/v1beta/openai/chat/completions") })
            Assert.Equal(sent, Spliced(body, Dialects.Facts(kind, path, body)));
    }

    [Theory]
    [InlineData("openai", Chat, """{"model":"m","stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("openai", Chat, """{"model":"m"}""")]
    [InlineData("openai", Chat, """{"model":"m","stream":false,"stream_options":{"include_usage":false}}""")]
    [InlineData("openai", Chat, """{"model":"m","stream":null}""")]
    [InlineData("openai", "/v1/responses", """{"model":"m","stream":true}""")]
    [InlineData("openai", "/v1/embeddings", """{"model":"m","stream":true}""")]
    [InlineData("openrouter", "/api/v1/chat/completions", """{"model":"m","stream":true,"stream_options":{"include_usage":false}}""")]
    [InlineData("openrouter", "/api/v1/messages", """{"model":"m","stream":true}""")]
    [InlineData("anthropic", "/v1/messages", """{"model":"m","stream":true}""")]
    [InlineData("gemini", "/v1/models/m:streamGenerateContent", """{"contents":[]}""")]
    public void Every_other_body_is_left_alone(string kind, string path, string body)
    {
        Assert.Null(Dialects.Facts(kind, path, body).UsageSplice);
    }

    [Fact]
    public void What_the_client_itself_asked_for_is_told()
    {
        Assert.Null(Dialects.Facts("openai", Chat, """{"model":"m","stream":true}""").IncludeUsage);
        Assert.False(Dialects.Facts("openai", Chat, """{"model":"m","stream":true,"stream_options":{"include_usage":false}}""").IncludeUsage);
        Assert.True(Dialects.Facts("openai", Chat, """{"model":"m","stream":true,"stream_options":{"include_usage":true}}""").IncludeUsage);
    }

    [Fact]
    [Trait("Acceptance", "G16")]
    public void Only_the_spliced_bytes_change_whatever_the_body() => Bodies.ChatStreams.Sample(
        body =>
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            var facts = Dialects.Facts("openai", Chat, body);
            if (facts.UsageSplice is not { } splice)
            {
                Assert.True(facts.IncludeUsage);
                return;
            }

            var sent = BodyEdits.Apply(bytes, splice);
            var back = BodyEdits.Apply(sent, new BodySplice(splice.Start, splice.Replacement.Length, bytes.AsMemory(splice.Start, splice.Length)));
            Assert.Equal(bytes, back);

            using var before = JsonDocument.Parse(bytes);
            using var after = JsonDocument.Parse(sent);
            Assert.True(after.RootElement.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
            AssertSameMembersBut(before.RootElement, after.RootElement, "stream_options");
            if (before.RootElement.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object)
                AssertSameMembersBut(options, after.RootElement.GetProperty("stream_options"), "include_usage");

            var again = Dialects.Facts("openai", Chat, Encoding.UTF8.GetString(sent));
            Assert.Null(again.UsageSplice);
            Assert.Equal((facts.Model, facts.Stream, facts.MaxOutputTokens, facts.Choices), (again.Model, again.Stream, again.MaxOutputTokens, again.Choices));
        },
        iter: 5_000);

    private static void AssertSameMembersBut(JsonElement before, JsonElement after, string name)
    {
        static string[] Members(JsonElement element, string but) =>
            [.. element.EnumerateObject().Where(member => member.Name != but).Select(member => member.Name + member.Value.GetRawText())];
        Assert.Equal(Members(before, name), Members(after, name));
    }

    private static string Spliced(string body, RequestFacts facts) =>
        Encoding.UTF8.GetString(BodyEdits.Apply(Encoding.UTF8.GetBytes(body), facts.UsageSplice!.Value));
}
