using System.Text;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>
/// Nothing is held back: the upstream sends its next piece only when the client has the one before, so that a proxy that
/// waited for more, for an end or for its own books would wait for ever (A40, T62, T63).
/// </summary>
public sealed class LockstepTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const string Chat = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"stream":true}""";
    private const string ChatWithUsage = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true}}""";
    private const string Messages = """{"model":"claude-sonnet-4-5","max_tokens":50,"messages":[{"role":"user","content":"hi"}],"stream":true}""";
    private const string Contents = """{"contents":[{"parts":[{"text":"hi"}]}]}""";
    private const string Responses = """{"model":"gpt-4o-mini","input":"hi","stream":true}""";

    private static readonly string[] _chatPieces =
    [
        "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n",
        ": keep-alive\n\n",
        "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"data: {\\\"usage\\\":{\\\"prompt_tokens\\\":0}}\"},\"finish_reason\":null}],\"usage\":null}\n\n",
        "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\n\\ndata: [DONE]\"},\"finish_reason\":null}],\"usage\":null}\n\n",
        "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n",
    ];

    private const string ChatUsage = "data: {\"model\":\"gpt-4o-mini\",\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":500,\"total_tokens\":1500}}\n\n";
    private const string ChatDone = "data: [DONE]\n\n";

    public static TheoryData<string> Streams => ["chat", "chat usage", "compatible", "openrouter", "messages", "messages CRLF", "gemini", "gemini array", "responses"];

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Each_event_reaches_the_client_before_the_next_is_sent(string name)
    {
        var stream = Stream(name);
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = fixture.Node.Client(key);
        using var request = Post(stream.Path, stream.Body);
        var answer = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var upstream = await fixture.Upstream.NextAsync();

        // The headers of an event stream must not wait for its first byte.
        await upstream.SendStreamHeadAsync(stream.ContentType);
        if (!stream.ContentType.StartsWith("text/event-stream", StringComparison.Ordinal))
            await upstream.SendChunkAsync(stream.Pieces[0]);
        using var response = await answer.WaitAsync(Patience.Limit);
        await using var body = await response.Content.ReadAsStreamAsync();
        for (var i = 0; i < stream.Pieces.Length; i++)
        {
            if (i > 0 || stream.ContentType.StartsWith("text/event-stream", StringComparison.Ordinal))
                await upstream.SendChunkAsync(stream.Pieces[i]);
            if (stream.IsDelivered(i))
                Assert.Equal(stream.Pieces[i], await ReadAsync(body, stream.Pieces[i].Length));
        }

        await upstream.EndChunksAsync();
        Assert.Equal(0, await body.ReadAsync(new byte[1]));
        var record = await fixture.Node.RecordOfAsync(response);
        Assert.Equal("reported", record.GetProperty("source").GetString());
        Assert.Equal(1000, record.GetProperty("usage").GetProperty("inputTokens").GetInt64());
        Assert.Equal(500, record.GetProperty("usage").GetProperty("outputTokens").GetInt64());
    }

    /// <summary>Parts of an event go on too, where nothing in it can be ours to take out or the mark of the end.</summary>
    [Theory]
    [InlineData("chat usage")]
    [InlineData("openrouter")]
    [InlineData("gemini")]
    [InlineData("gemini array")]
    [Trait("Acceptance", "T63")]
    public async Task Parts_of_an_event_do_not_wait_for_its_end(string name)
    {
        var stream = Stream(name);
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = fixture.Node.Client(key);
        using var request = Post(stream.Path, stream.Body);
        var answer = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var upstream = await fixture.Upstream.NextAsync();
        await upstream.SendStreamHeadAsync(stream.ContentType);
        var first = stream.Pieces[0];
        await upstream.SendChunkAsync(first[..40]);
        using var response = await answer.WaitAsync(Patience.Limit);
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal(first[..40], await ReadAsync(body, 40));
        await upstream.SendChunkAsync(first[40..^1]);
        Assert.Equal(first[40..^1], await ReadAsync(body, first.Length - 41));
        await upstream.SendChunkAsync(first[^1..] + string.Concat(stream.Pieces[1..]));
        await upstream.EndChunksAsync();
        Assert.Equal(first[^1..] + string.Concat(stream.Pieces[1..]), Encoding.UTF8.GetString(await Transcript.ReadAsync(response)));
    }

    /// <summary>The terminal bytes are there as soon as they were sent, although the upstream keeps its connection open.</summary>
    [Fact]
    public async Task The_terminal_event_does_not_wait_for_the_end_of_the_connection()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, "/openai/v1/chat/completions", key, Chat);
        var upstream = await fixture.Upstream.NextAsync();
        await upstream.SendStreamHeadAsync();
        await upstream.SendChunkAsync(string.Concat(_chatPieces) + ChatUsage + ChatDone);
        await client.UntilAsync(ChatDone);
        var record = await fixture.Node.RecordAsync(client.RequestId);
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
        Assert.DoesNotContain("\"prompt_tokens\":1000", client.Received, StringComparison.Ordinal);
        await upstream.EndChunksAsync();
    }

    /// <summary>An answer with a length, too, is the upstream's to the byte, and its last byte waits for the record alone.</summary>
    [Fact]
    [Trait("Acceptance", "T77")]
    public async Task Headers_pass_by_the_documented_list_with_their_exact_values()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, "/openai/v1/chat/completions", key, Chat.Replace(",\"stream\":true", "", StringComparison.Ordinal));
        var upstream = await fixture.Upstream.NextAsync();
        const string Answer = """{"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}  """;
        string[] passing =
        [
            "content-type: application/json; charset=utf-8", "content-language: en", "x-request-id: req_1", "openai-processing-ms: 12",
            "openai-version: 2020-10-01", "x-ratelimit-limit-tokens: 7", "x-ratelimit-reset-tokens: 6m0s", "retry-after: 3",
            "retry-after-ms: 2500", "x-should-retry: false", "x-ms-region: north", "x-amzn-requestid: a", "anthropic-ratelimit-x: 1",
            "request-id: r", "x-generation-id: g", "x-gemini-service-tier: standard",
        ];
        string[] stopped =
        [
            "set-cookie: a=b", "openai-organization: org", "openai-project: p", "anthropic-organization-id: o", "server: edge", "alt-svc: h3",
            "strict-transport-security: max-age=1", "x-powered-by: x", "via: 1.1 edge", "access-control-allow-origin: *", "cf-ray: 1",
            "x-llmeter-tenant: forged", "location: /x", "www-authenticate: Basic", "traceparent: 00-1", "trailer: x",
        ];
        await upstream.AnswerAsync(200, Answer, [.. passing, .. stopped]);
        await client.UntilAsync(Answer);
        var head = client.Received.Split("\r\n\r\n")[0].ToLowerInvariant().Split("\r\n");
        Assert.Equal(
            [.. passing.Append($"content-length: {Answer.Length}").Order(StringComparer.Ordinal)],
            head.Skip(1).Where(h => !h.StartsWith("date:", StringComparison.Ordinal) && !h.StartsWith("x-llmeter-request-id:", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    /// <summary>Interim answers and trailers are the upstream's own affair.</summary>
    [Fact]
    [Trait("Acceptance", "T74")]
    public async Task Interim_answers_and_trailers_do_not_reach_the_client()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, "/openai/v1/chat/completions", key, Chat);
        var upstream = await fixture.Upstream.NextAsync();
        for (var i = 0; i < 20; i++)
            await upstream.SendHeadAsync(i % 2 == 0 ? 100 : 103);
        await upstream.SendStreamHeadAsync();
        await upstream.SendChunkAsync(string.Concat(_chatPieces) + ChatUsage + ChatDone);
        await upstream.SendAsync("0\r\nx-trailer-canary: 1\r\n\r\n");
        await client.UntilAsync("\r\n0\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", client.Received, StringComparison.Ordinal);
        Assert.EndsWith("0\r\n\r\n", client.Received, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Post(string path, string body) =>
        new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static async Task<string> ReadAsync(Stream body, int length)
    {
        var bytes = new byte[length];
        await body.ReadExactlyAsync(bytes).AsTask().WaitAsync(Patience.Limit);
        return Encoding.UTF8.GetString(bytes);
    }

    private static ScriptedStream Stream(string name) => name switch
    {
        "chat" => new("/openai/v1/chat/completions", Chat, [.. _chatPieces, ChatUsage, ChatDone]) { Dropped = _chatPieces.Length },
        "chat usage" => new("/openai/v1/chat/completions", ChatWithUsage, [.. _chatPieces, ChatUsage, ChatDone]),
        "compatible" => new("/openai-compatible/v1/chat/completions", Chat, [.. _chatPieces, ChatUsage, ChatDone]) { Dropped = _chatPieces.Length },
        "openrouter" => new("/openrouter/api/v1/chat/completions", Chat.Replace("gpt-4o-mini", "openai/gpt-4o-mini", StringComparison.Ordinal), [.. _chatPieces, ChatUsage, ChatDone]),
        "messages" => new("/anthropic/v1/messages", Messages, _messagePieces),
        "messages CRLF" => new("/anthropic/v1/messages", Messages, [.. _messagePieces.Select(p => p.Replace("\n", "\r\n", StringComparison.Ordinal))]),
        "gemini" => new("/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", Contents, [.. _geminiObjects.Select(o => $"data: {o}\r\n\r\n")]),
        "gemini array" => new("/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent", Contents, ["[" + _geminiObjects[0], "\n,\n" + _geminiObjects[1], "\n]"])
        {
            ContentType = "application/json; charset=UTF-8",
        },
        _ => new("/openai/v1/responses", Responses, _responsePieces),
    };

    private static readonly string[] _messagePieces =
    [
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-sonnet-4-5\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":1}}}\n\n",
        "event: ping\ndata: {\"type\": \"ping\"}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"event: message_stop\"}}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":1000,\"output_tokens\":500}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    ];

    private static readonly string[] _geminiObjects =
    [
        "{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a ]} b\"}],\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 1000,\"candidatesTokenCount\": 100,\"totalTokenCount\": 1100},\"modelVersion\": \"gemini-2.5-flash\"}",
        "{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"c\"}],\"role\": \"model\"},\"finishReason\": \"STOP\",\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 1000,\"candidatesTokenCount\": 400,\"thoughtsTokenCount\": 100,\"totalTokenCount\": 1500},\"modelVersion\": \"gemini-2.5-flash\"}",
    ];

    private static readonly string[] _responsePieces =
    [
        "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"model\":\"gpt-4o-mini\",\"usage\":null}}\n\n",
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"response.completed\"}\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"model\":\"gpt-4o-mini\",\"status\":\"completed\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":500,\"total_tokens\":1500}}}\n\n",
    ];

    private sealed record ScriptedStream(string Path, string Body, string[] Pieces)
    {
        public string ContentType { get; init; } = "text/event-stream";

        /// <summary>The piece that the client must not get; -1 for none.</summary>
        public int Dropped { get; init; } = -1;

        public bool IsDelivered(int piece) => piece != Dropped;
    }
}
