using System.Net;
using System.Text;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Passthrough;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Upstream;

/// <summary>
/// What a provider can do to a call: each fault is told to the client for what it is, recorded at what it may have cost, and
/// leaves no hold (A36, A42, T32, T74 to T77, E-UP, E-UPTO, E-MID).
/// </summary>
public sealed class UpstreamFaultTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Chat = """{"model":"gpt-4o-mini","max_tokens":300,"messages":[{"role":"user","content":"Tell me a story."}]}""";
    private const string ChatStream = """{"model":"gpt-4o-mini","max_tokens":300,"messages":[{"role":"user","content":"Tell me a story."}],"stream":true}""";
    private const string ChatPath = "/openai/v1/chat/completions";
    private const string Delta = "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Once upon a time\"},\"finish_reason\":null}]}\n\n";

    public enum Cut
    {
        Reset,
        Fin,
    }

    [Fact]
    public async Task A_connection_that_is_reset_before_the_headers_may_have_been_billed()
    {
        await using var call = await StartAsync(ChatPath, Chat);
        call.Upstream.Reset();
        await call.Client.UntilAsync("\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", call.Client.Received, StringComparison.Ordinal);
        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        AssertEstimated(record, "upstream_error", "no_response");
        Assert.False(fixture.Upstream.HasNext, "a call that may have been accepted must not be sent again");
    }

    [Fact]
    public async Task An_orderly_end_before_the_headers_may_have_been_billed()
    {
        await using var call = await StartAsync(ChatPath, Chat);
        call.Upstream.Fin();
        await call.Client.UntilAsync("\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", call.Client.Received, StringComparison.Ordinal);
        AssertEstimated(await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant), "upstream_error", "no_response");
        Assert.False(fixture.Upstream.HasNext, "a call that may have been accepted must not be sent again");
    }

    [Fact]
    public async Task Silence_before_the_headers_ends_in_504_that_must_not_be_retried()
    {
        await using var call = await StartAsync(ChatPath, Chat);
        await call.Client.UntilAsync("upstream_timeout");
        Assert.StartsWith("HTTP/1.1 504 ", call.Client.Received, StringComparison.Ordinal);
        Assert.Contains("x-should-retry: false", call.Client.Received, StringComparison.OrdinalIgnoreCase);
        AssertEstimated(await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant), "timeout", "no_response");
    }

    [Fact]
    [Trait("Acceptance", "A42")]
    public async Task Silence_in_a_stream_ends_it_and_what_was_delivered_is_charged()
    {
        await using var call = await StartAsync(ChatPath, ChatStream);
        await call.Upstream.SendStreamHeadAsync();
        await call.Upstream.SendChunkAsync(Delta);
        await call.Client.UntilAsync("Once upon a time");
        await call.Client.ToEndAsync();
        Assert.False(call.Client.Received.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "a stream without its end must not look whole");
        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        Assert.Equal("timeout", record.GetProperty("outcome").GetString());
        Assert.Equal("estimated", record.GetProperty("source").GetString());
        Assert.True(Output(record) > 0, record.GetRawText());
    }

    [Theory]
    [InlineData("openai", Cut.Reset)]
    [InlineData("openai", Cut.Fin)]
    [InlineData("anthropic", Cut.Reset)]
    [InlineData("anthropic", Cut.Fin)]
    [InlineData("gemini", Cut.Reset)]
    [InlineData("gemini", Cut.Fin)]
    public async Task A_stream_cut_between_events_ends_with_the_error_event_of_its_dialect(string name, Cut cut)
    {
        var (path, body, first, mark) = name switch
        {
            "anthropic" => (
                "/anthropic/v1/messages",
                """{"model":"claude-haiku-4-5","max_tokens":300,"messages":[{"role":"user","content":"Tell me a story."}],"stream":true}""",
                "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-haiku-4-5\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":1}}}\n\n"
                    + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Once upon a time\"}}\n\n",
                "event: error\ndata: {\"type\":\"error\""),
            "gemini" => (
                "/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
                """{"contents":[{"parts":[{"text":"Tell me a story."}]}]}""",
                "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Once upon a time\"}]}}],\"usageMetadata\": {\"promptTokenCount\": 1000,\"candidatesTokenCount\": 9,\"totalTokenCount\": 1009},\"modelVersion\": \"gemini-2.5-flash\"}\r\n\r\n",
                "data: {\"error\":{\"code\":500"),
            _ => (ChatPath, ChatStream, Delta, "data: {\"error\":{"),
        };
        await using var call = await StartAsync(path, body);
        await call.Upstream.SendStreamHeadAsync();
        await call.Upstream.SendChunkAsync(first);
        await call.Client.UntilAsync("Once upon a time");
        End(call.Upstream, cut);
        await call.Client.UntilAsync("\r\n0\r\n\r\n");

        Assert.Contains(first[^12..], call.Client.Received, StringComparison.Ordinal);
        Assert.Contains(mark, call.Client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", call.Client.Received, StringComparison.Ordinal);
        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        Assert.Equal("truncated", record.GetProperty("outcome").GetString());
        Assert.Equal(name == "openai" ? "estimated" : "partial", record.GetProperty("source").GetString());
        Assert.True(Output(record) > 0, record.GetRawText());
        if (name != "openai")
            Assert.Equal(1000, Input(record));
    }

    [Theory]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.Fin)]
    public async Task A_stream_cut_inside_an_event_aborts_the_connection(Cut cut)
    {
        // The client asked for usage, so that the parts of an event pass at once.
        await using var call = await StartAsync(ChatPath, ChatStream.Replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal));
        await call.Upstream.SendStreamHeadAsync();
        await call.Upstream.SendChunkAsync(Delta + Delta[..^20]);
        await call.Client.UntilAsync(Delta + Delta[..^20]);
        End(call.Upstream, cut);
        await call.Client.ToEndAsync();

        Assert.EndsWith(Delta[..^20] + "\r\n", call.Client.Received, StringComparison.Ordinal);
        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        Assert.Equal("truncated", record.GetProperty("outcome").GetString());
        Assert.True(Ledgers.Cost(record) > 0);
    }

    /// <summary>The parts of an event that wait for a verdict are not sent: the stream ends at the boundary before.</summary>
    [Fact]
    public async Task A_stream_cut_inside_an_event_that_was_held_ends_at_the_event_before()
    {
        await using var call = await StartAsync(ChatPath, ChatStream);
        await call.Upstream.SendStreamHeadAsync();
        await call.Upstream.SendChunkAsync(Delta);
        await call.Upstream.SendChunkAsync("data: {\"model\":\"gpt-4o-mini\",\"choices\":[],\"usa");
        await call.Client.UntilAsync("Once upon a time");
        call.Upstream.Fin();
        await call.Client.UntilAsync("\r\n0\r\n\r\n");
        Assert.Contains("data: {\"error\":{", call.Client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("\"usa", call.Client.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.Fin)]
    [Trait("Acceptance", "T74")]
    public async Task A_body_cut_short_is_an_aborted_connection_and_is_charged(Cut cut)
    {
        await using var call = await StartAsync(ChatPath, Chat);
        await call.Upstream.SendHeadAsync(200, "Content-Type: application/json", "Content-Length: 400");
        const string Part = "{\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"Once upon a time";
        await call.Upstream.SendAsync(Part);
        await call.Client.UntilAsync(Part);
        End(call.Upstream, cut);
        await call.Client.ToEndAsync();

        Assert.EndsWith(Part, call.Client.Received, StringComparison.Ordinal);
        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        AssertEstimated(record, "truncated", null);
        Assert.True(Output(record) > 0, record.GetRawText());
    }

    /// <summary>What comes after the declared length is not part of the answer.</summary>
    [Fact]
    [Trait("Acceptance", "T74")]
    public async Task Extra_bytes_after_the_body_are_not_passed()
    {
        await using var call = await StartAsync(ChatPath, Chat);
        const string Answer = """{"model":"gpt-4o-mini","usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}}""";
        await call.Upstream.SendHeadAsync(200, "Content-Type: application/json", $"Content-Length: {Answer.Length}");
        await call.Upstream.SendAsync(Answer + "HTTP/1.1 200 canary\r\n\r\n");
        await call.Client.UntilAsync(Answer);
        Assert.EndsWith(Answer, call.Client.Received, StringComparison.Ordinal);
        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        Assert.Equal("reported", record.GetProperty("source").GetString());
        Assert.Equal(20, Output(record));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [Trait("Acceptance", "T75")]
    public async Task A_refusal_of_our_own_credential_is_502_without_its_body(int status)
    {
        await using var call = await StartAsync(ChatPath, Chat);
        await call.Upstream.AnswerAsync(status, "{\"error\":{\"message\":\"Incorrect API key provided: sk-provi***cdef\"}}", "Content-Type: application/json");
        await call.Client.UntilAsync("}}");
        Assert.StartsWith("HTTP/1.1 502 ", call.Client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("Incorrect", call.Client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("cdef", call.Client.Received, StringComparison.Ordinal);
        await AssertUnbilledAsync(call, status);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    [Trait("Acceptance", "T32")]
    public async Task A_redirect_is_neither_followed_nor_shown(int status)
    {
        await using var call = await StartAsync(ChatPath, Chat);
        await call.Upstream.AnswerAsync(status, "moved", $"Location: {fixture.Upstream.BaseUrl}/elsewhere");
        await call.Client.UntilAsync("}}");
        Assert.StartsWith("HTTP/1.1 502 ", call.Client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", call.Client.Received, StringComparison.Ordinal);
        await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        Assert.False(fixture.Upstream.HasNext, "a redirect must not be followed");
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(529)]
    [Trait("Acceptance", "T76")]
    public async Task A_refusal_passes_byte_for_byte_with_its_headers_and_is_not_repeated(int status)
    {
        await using var call = await StartAsync(ChatPath, Chat);
        const string Body = "{ \"error\" : {\"message\":\"n\u00f6 \\u00fc\"} }\n\n";
        await call.Upstream.AnswerAsync(status, Body, "Content-Type: application/json", "Retry-After: 7", "retry-after-ms: 6500", "x-ratelimit-remaining-requests: 0", "x-should-retry: true");
        await call.Client.UntilAsync(Body);
        Assert.StartsWith($"HTTP/1.1 {status} ", call.Client.Received, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + Body, call.Client.Received, StringComparison.Ordinal);
        foreach (var header in new[] { "retry-after: 7", "retry-after-ms: 6500", "x-ratelimit-remaining-requests: 0", "x-should-retry: true" })
            Assert.Contains(header, call.Client.Received, StringComparison.OrdinalIgnoreCase);
        await AssertUnbilledAsync(call, status);
        Assert.False(fixture.Upstream.HasNext, "only what was configured is repeated");
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(429)]
    public async Task A_refused_credential_gives_way_to_the_next_once(int status)
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "10" });
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, $"/pool-{status}/v1/chat/completions", key, Chat);
        var first = await fixture.Upstream.NextAsync();
        await first.AnswerAsync(status, "{\"error\":{}}", "Content-Type: application/json", "Retry-After: 30");
        var second = await fixture.Upstream.NextAsync();
        Assert.NotEqual(first.Request.Header("authorization"), second.Request.Header("authorization"));
        Assert.Equal(first.Request.Text, second.Request.Text);
        const string Answer = """{"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}}""";
        await second.AnswerAsync(200, Answer, "Content-Type: application/json");
        await client.UntilAsync(Answer);

        var records = await fixture.Node.RecordsAsync(tenant, atLeast: 2);
        await Ledgers.AssertSettledAsync(fixture.Node, tenant);
        Assert.Equal(2, records.Count);
        var call = await fixture.Node.RecordAsync(client.RequestId);
        Assert.Equal(["unbilled", "reported"], call.GetProperty("attempts").EnumerateArray().Select(a => a.GetProperty("source").GetString()));
        Assert.Equal(status, call.GetProperty("attempts")[0].GetProperty("status").GetInt32());

        // The refused one rests: the next call goes to the healthy one at once.
        using var again = await RawClient.PostAsync(fixture.Node.GatewayUrl, $"/pool-{status}/v1/chat/completions", key, Chat);
        var third = await fixture.Upstream.NextAsync();
        Assert.Equal(second.Request.Header("authorization"), third.Request.Header("authorization"));

        // The last one is always tried, and its own answer passes; the resting one is not woken for it.
        await third.AnswerAsync(429, "{\"error\":{\"message\":\"slow down\"}}", "Content-Type: application/json");
        await again.UntilAsync("slow down");
        Assert.StartsWith("HTTP/1.1 429 ", again.Received, StringComparison.Ordinal);
        Assert.False(fixture.Upstream.HasNext);
        await Ledgers.AssertSettledAsync(fixture.Node, tenant);
    }

    [Fact]
    public async Task Statuses_that_the_operator_listed_are_tried_again_each_with_its_record()
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "10" });
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, "/retrying/v1/chat/completions", key, Chat);
        for (var i = 0; i < 2; i++)
            await (await fixture.Upstream.NextAsync()).AnswerAsync(503, "{\"error\":{}}", "Content-Type: application/json");
        var last = await fixture.Upstream.NextAsync();
        Assert.EndsWith(Chat[^20..], last.Request.Text, StringComparison.Ordinal);
        await last.AnswerAsync(503, "{\"error\":{\"message\":\"the third\"}}", "Content-Type: application/json");
        await client.UntilAsync("the third");
        var records = await fixture.Node.RecordsAsync(tenant, atLeast: 3);
        await Ledgers.AssertSettledAsync(fixture.Node, tenant);
        Assert.Equal(3, records.Count);
        Assert.All(records, r => Assert.Equal("unbilled", r.GetProperty("source").GetString()));
        Assert.False(fixture.Upstream.HasNext);
    }

    [Fact]
    public async Task Where_nothing_was_sent_there_is_no_record_and_no_hold_and_the_circuit_opens_and_closes_again()
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "10" });
        using var client = fixture.Node.Client(key);
        for (var i = 0; i < 8; i++)
        {
            using var refused = await client.PostAsync("/down/v1/chat/completions", new StringContent(Chat, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
            Assert.True(refused.Headers.Contains("Retry-After"));
            Assert.Contains("upstream_unreachable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(await fixture.Node.RecordsAsync(tenant));
        await Ledgers.AssertSettledAsync(fixture.Node, tenant);
        var connects = fixture.Node.Logs.Lines.Count(l => l.Contains("down", StringComparison.Ordinal) && l.Contains("connect", StringComparison.OrdinalIgnoreCase));
        Assert.True(connects < 8, $"the circuit stayed closed over {connects} failures");

        // The same port comes up: once the circuit has rested, the first call goes through.
        await using var upstream = ScriptedUpstream.Start(fixture.DeadPort);
        var serving = ServeOneAsync(upstream);
        await Patience.UntilAsync(
            async () =>
            {
                using var answer = await client.PostAsync("/down/v1/chat/completions", new StringContent(Chat, Encoding.UTF8, "application/json"));
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "the circuit closes");
        await serving;
        Assert.Single(await fixture.Node.RecordsAsync(tenant, atLeast: 1));
        await Ledgers.AssertSettledAsync(fixture.Node, tenant);
    }

    private static async Task ServeOneAsync(ScriptedUpstream upstream) => await (await upstream.NextAsync()).AnswerAsync(
        200,
        """{"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}}""",
        "Content-Type: application/json");

    private static void End(UpstreamExchange upstream, Cut cut)
    {
        if (cut == Cut.Reset)
            upstream.Reset();
        else
            upstream.Fin();
    }

    private static void AssertEstimated(JsonElement record, string outcome, string? reason)
    {
        Assert.Equal(outcome, record.GetProperty("outcome").GetString());
        Assert.Equal("estimated", record.GetProperty("source").GetString());
        Assert.True(Ledgers.Cost(record) > 0, record.GetRawText());
        Assert.True(Input(record) > 0, record.GetRawText());
        if (reason is not null)
            Assert.Equal(reason, record.GetProperty("reason").GetString());
    }

    private static long Input(JsonElement record) => record.GetProperty("usage").GetProperty("inputTokens").GetInt64();

    private static long Output(JsonElement record) => record.GetProperty("usage").GetProperty("outputTokens").GetInt64();

    private async Task AssertUnbilledAsync(ScriptedCall call, int status)
    {
        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        Assert.Equal("unbilled", record.GetProperty("source").GetString());
        Assert.Equal(status, record.GetProperty("status").GetInt32());
        Assert.Equal(0, Ledgers.Cost(record));
    }

    private async Task<ScriptedCall> StartAsync(string path, string body)
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "10" });
        var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, path, key, body);
        return new ScriptedCall(tenant, key, client, await fixture.Upstream.NextAsync());
    }
}
