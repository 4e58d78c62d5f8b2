using System.Net;
using System.Text;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Native;

/// <summary>Streams of JSON lines through a whole node: each line at once, the last with its record, a cut one as cut.</summary>
public sealed class LineStreamTests(NativeFixture fixture) : IClassFixture<NativeFixture>
{
    private const string Chat = """{"model":"qwen3:4b","messages":[{"role":"user","content":"Tell me a story."}]}""";
    private const string First = "{\"model\":\"qwen3:4b\",\"message\":{\"role\":\"assistant\",\"content\":\"Once upon a time\"},\"done\":false}\n";
    private const string Last = "{\"model\":\"qwen3:4b\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":1000,\"eval_count\":500}\n";

    [Fact]
    [Trait("Acceptance", "A44")]
    public async Task Each_line_reaches_the_client_before_the_next_is_sent_and_the_counts_are_recorded()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, "/ollama/api/chat", key, Chat);
        var upstream = await fixture.Upstream.NextAsync();
        Assert.Equal("POST /api/chat HTTP/1.1", upstream.Request.StartLine);
        Assert.Equal(Chat, upstream.Request.Text);
        Assert.Null(upstream.Request.Header("authorization"));
        await upstream.SendStreamHeadAsync("application/x-ndjson");
        await upstream.SendChunkAsync(First);
        await client.UntilAsync(First);
        await upstream.SendChunkAsync(Last[..60]);
        await upstream.SendChunkAsync(Last[60..]);
        await client.UntilAsync(Last[..^1]);
        var record = await fixture.Node.RecordAsync(client.RequestId);
        Assert.Equal("reported", record.GetProperty("source").GetString());
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
        Assert.True(record.GetProperty("stream").GetBoolean());
        Assert.Equal(1000, record.GetProperty("usage").GetProperty("inputTokens").GetInt64());
        Assert.Equal(500, record.GetProperty("usage").GetProperty("outputTokens").GetInt64());
        await upstream.EndChunksAsync();
    }

    [Fact]
    [Trait("Acceptance", "A42")]
    public async Task A_stream_that_ends_before_its_last_line_is_cut_for_the_client_too()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, "/ollama/api/chat", key, Chat);
        var upstream = await fixture.Upstream.NextAsync();
        await upstream.SendStreamHeadAsync("application/x-ndjson");
        await upstream.SendChunkAsync(First);
        await client.UntilAsync(First);
        await upstream.EndChunksAsync();
        await client.ToEndAsync();
        Assert.DoesNotContain("\r\n0\r\n\r\n", client.Received, StringComparison.Ordinal);
        var record = await fixture.Node.RecordAsync(client.RequestId);
        Assert.Equal("truncated", record.GetProperty("outcome").GetString());
        Assert.Equal("estimated", record.GetProperty("source").GetString());
        Assert.True(record.GetProperty("usage").GetProperty("outputTokens").GetInt64() > 0);
    }

    [Fact]
    public async Task An_input_that_is_left_out_is_estimated_and_the_output_stays_as_stated()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, "/ollama/api/chat", key, Chat);
        var upstream = await fixture.Upstream.NextAsync();
        await upstream.SendStreamHeadAsync("application/x-ndjson");
        await upstream.SendChunkAsync(First + Last.Replace("\"prompt_eval_count\":1000,", "", StringComparison.Ordinal));
        await upstream.EndChunksAsync();
        await client.UntilAsync("\"done\":true");
        var record = await fixture.Node.RecordAsync(client.RequestId);
        Assert.Equal("partial", record.GetProperty("source").GetString());
        Assert.Equal(500, record.GetProperty("usage").GetProperty("outputTokens").GetInt64());
        Assert.InRange(record.GetProperty("usage").GetProperty("inputTokens").GetInt64(), 1, 30);
    }

    [Fact]
    public async Task Cohere_streams_events_with_the_operators_key()
    {
        const string Events = "event: message-start\ndata: {\"id\":\"1\",\"type\":\"message-start\"}\n\n";
        const string End = "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"COMPLETE\",\"usage\":{\"billed_units\":{\"input_tokens\":12,\"output_tokens\":36},\"tokens\":{\"input_tokens\":212,\"output_tokens\":36},\"cached_tokens\":208}}}\n\n";
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = fixture.Node.Client(key);
        using var body = new StringContent("""{"model":"command-r-08-2024","messages":[],"stream":true}""", Encoding.UTF8, "application/json");
        var answer = client.PostAsync("/cohere/v2/chat", body);
        var upstream = await fixture.Upstream.NextAsync();
        Assert.Equal($"Bearer {TestNode.ProviderKey}", upstream.Request.Header("authorization"));
        await upstream.SendStreamHeadAsync();
        await upstream.SendChunkAsync(Events + End + "data: [DONE]\n\n");
        await upstream.EndChunksAsync();
        using var response = await answer.WaitAsync(Patience.Limit);
        Assert.Equal(Events + End + "data: [DONE]\n\n", await response.Content.ReadAsStringAsync());
        var record = await fixture.Node.RecordOfAsync(response);
        Assert.Equal(12, record.GetProperty("usage").GetProperty("inputTokens").GetInt64());
        Assert.Equal(36, record.GetProperty("usage").GetProperty("outputTokens").GetInt64());
    }

    [Theory]
    [InlineData("/ollama/api/pull", "{\"error\":\"")]
    [InlineData("/cohere/v1/connectors", "{\"id\":\"")]
    [Trait("Acceptance", "A71")]
    public async Task A_refusal_has_the_providers_own_form(string path, string start)
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = fixture.Node.Client(key);
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync();
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"endpoint_not_metered\"", text, StringComparison.Ordinal);
    }
}
