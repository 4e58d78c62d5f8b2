using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Passthrough;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Disconnects;

/// <summary>
/// A client leaves, with RST and with FIN, at every point of a call: the upstream is stopped or read on as the provider's
/// policy says, and there is exactly one record, no hold, and spend (A32 to A36, T107, G12 to G15).
/// </summary>
public sealed class DisconnectTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const string Events = "text/event-stream";

    private static readonly Dialect _openAi = new(
        "/openai/v1/chat/completions",
        """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Tell me a long story."}],"stream":true}""",
        "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Once upon a time there was a river.\"},\"finish_reason\":null}]}\n\n",
        "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"model\":\"gpt-4o-mini\",\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":500,\"total_tokens\":1500}}\n\n",
        "data: [DONE]\n\n");

    private static readonly Dialect _compatible = _openAi with { Path = "/openai-compatible/v1/chat/completions" };

    private static readonly Dialect _anthropic = new(
        "/anthropic/v1/messages",
        """{"model":"claude-haiku-4-5","max_tokens":5000,"messages":[{"role":"user","content":"Tell me a long story."}],"stream":true}""",
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-haiku-4-5\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":1}}}\n\n"
            + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Once upon a time there was a river.\"}}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":1000,\"output_tokens\":500}}\n\n",
        "",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");

    private static readonly Dialect _gemini = new(
        "/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        """{"contents":[{"parts":[{"text":"Tell me a long story."}]}]}""",
        "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Once upon a time there was a river.\"}]}}],\"usageMetadata\": {\"promptTokenCount\": 1000,\"candidatesTokenCount\": 9,\"totalTokenCount\": 1009},\"modelVersion\": \"gemini-2.5-flash\"}\r\n\r\n",
        "data: {\"candidates\": [{\"finishReason\": \"STOP\"}],\"usageMetadata\": {\"promptTokenCount\": 1000,\"candidatesTokenCount\": 500,\"totalTokenCount\": 1500},\"modelVersion\": \"gemini-2.5-flash\"}\r\n\r\n",
        "",
        "");

    public static TheoryData<string, bool> Cancelling => Matrix("openai", "anthropic");

    public static TheoryData<string, bool> Draining => Matrix("compatible", "gemini");

    public static TheoryData<string, bool> Every => Matrix("openai", "anthropic", "compatible", "gemini");

    [Theory]
    [MemberData(nameof(Cancelling))]
    [Trait("Acceptance", "G12")]
    public async Task In_the_middle_under_cancel_the_upstream_stops_and_what_was_delivered_is_charged(string name, bool reset)
    {
        var dialect = Of(name);
        await using var call = await StartAsync(dialect);
        await call.Upstream.SendStreamHeadAsync(Events);
        await call.Upstream.SendChunkAsync(dialect.First);
        await call.Client.UntilAsync("river.");
        await LeaveAsync(call, reset);
        await call.Upstream.WhenClosedAsync();

        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        Assert.Equal("client_aborted", record.GetProperty("outcome").GetString());
        Assert.Equal(name == "anthropic" ? "partial" : "estimated", record.GetProperty("source").GetString());
        Assert.Equal("client_aborted", record.GetProperty("reason").GetString());
        Assert.True(Output(record) >= 5, record.GetRawText());
        Assert.True(Ledgers.Cost(record) > 0, record.GetRawText());
        if (name == "anthropic")
            Assert.Equal(1000, Input(record));
    }

    [Theory]
    [MemberData(nameof(Draining))]
    [Trait("Acceptance", "A33")]
    public async Task In_the_middle_under_drain_the_upstream_is_read_to_its_usage(string name, bool reset)
    {
        var dialect = Of(name);
        await using var call = await StartAsync(dialect);
        await call.Upstream.SendStreamHeadAsync(Events);
        await call.Upstream.SendChunkAsync(dialect.First);
        await call.Client.UntilAsync("river.");
        await LeaveAsync(call, reset);
        await SendSlowlyAsync(call, dialect.First);
        await call.Upstream.SendChunkAsync(dialect.Finish + dialect.Usage + dialect.Terminal);
        await call.Upstream.EndChunksAsync();

        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        AssertExact(record);
        Assert.Equal("client_aborted", record.GetProperty("outcome").GetString());
    }

    [Theory]
    [MemberData(nameof(Cancelling))]
    [Trait("Acceptance", "G14")]
    public async Task Before_the_first_byte_under_cancel_only_the_input_is_charged(string name, bool reset)
    {
        await using var call = await StartAsync(Of(name));
        await LeaveAsync(call, reset);
        await call.Upstream.WhenClosedAsync();

        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        Assert.Equal("client_aborted", record.GetProperty("outcome").GetString());
        Assert.Equal("estimated", record.GetProperty("source").GetString());
        Assert.Equal(0, Output(record));
        Assert.InRange(Input(record), 1, 100);
        Assert.Equal(JsonValueKind.Null, record.GetProperty("status").ValueKind);
    }

    [Theory]
    [MemberData(nameof(Draining))]
    public async Task Before_the_first_byte_under_drain_the_upstream_is_read_to_its_usage(string name, bool reset)
    {
        var dialect = Of(name);
        await using var call = await StartAsync(dialect);
        await LeaveAsync(call, reset);
        await call.Upstream.SendStreamHeadAsync(Events);
        await SendSlowlyAsync(call, dialect.First);
        await call.Upstream.SendChunkAsync(dialect.Finish + dialect.Usage + dialect.Terminal);
        await call.Upstream.EndChunksAsync();

        AssertExact(await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant));
    }

    /// <summary>Many apps stop reading at the finish reason; the usage comes after it, and the call was completed.</summary>
    [Theory]
    [MemberData(nameof(Every))]
    public async Task After_the_finish_reason_every_policy_drains_and_the_call_is_completed(string name, bool reset)
    {
        var dialect = Of(name);
        await using var call = await StartAsync(dialect);
        await call.Upstream.SendStreamHeadAsync(Events);
        await call.Upstream.SendChunkAsync(dialect.First);
        await call.Upstream.SendChunkAsync(dialect.Finish);
        await call.Client.UntilAsync(dialect.Finish.TrimEnd());
        await LeaveAsync(call, reset);
        await SendSlowlyAsync(call, ": still here\n\n");
        await call.Upstream.SendChunkAsync(dialect.Usage + dialect.Terminal + ":\n\n");
        await call.Upstream.EndChunksAsync();

        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        AssertExact(record);
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
    }

    [Theory]
    [MemberData(nameof(Every))]
    [Trait("Acceptance", "T107")]
    public async Task After_the_last_byte_it_is_a_completed_call(string name, bool reset)
    {
        var dialect = Of(name);
        await using var call = await StartAsync(dialect);
        await call.Upstream.SendStreamHeadAsync(Events);
        await call.Upstream.SendChunkAsync(dialect.First + dialect.Finish + dialect.Usage + dialect.Terminal);
        if (dialect.Terminal.Length == 0)
            await call.Upstream.EndChunksAsync();
        await call.Client.UntilAsync(dialect.Terminal.Length > 0 ? dialect.Terminal.TrimEnd() : "\r\n0\r\n\r\n");
        Leave(call.Client, reset);

        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        AssertExact(record);
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
    }

    /// <summary>An answer that is not streamed is made before it is sent: it is billed in full, so it is read in full (A34).</summary>
    [Theory]
    [MemberData(nameof(Every))]
    [Trait("Acceptance", "A34")]
    public async Task A_call_that_is_not_streamed_is_read_to_its_end(string name, bool reset)
    {
        var (path, body, answer) = name switch
        {
            "anthropic" => (_anthropic.Path, _anthropic.Body, """{"type":"message","model":"claude-haiku-4-5","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":500}}"""),
            "gemini" => ("/gemini/v1beta/models/gemini-2.5-flash:generateContent", _gemini.Body, """{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":500,"totalTokenCount":1500},"modelVersion":"gemini-2.5-flash"}"""),
            _ => (Of(name).Path, _openAi.Body, """{"model":"gpt-4o-mini","choices":[{"index":0,"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":500,"total_tokens":1500}}"""),
        };
        await using var call = await StartAsync(new Dialect(path, body.Replace(",\"stream\":true", "", StringComparison.Ordinal), "", "", "", ""));
        await call.Upstream.SendHeadAsync(200, "Content-Type: application/json", $"Content-Length: {answer.Length}");
        await call.Upstream.SendAsync(answer[..20]);
        await call.Client.UntilAsync(answer[..20]);
        await LeaveAsync(call, reset);
        foreach (var piece in answer[20..].Chunk(10))
            await call.Upstream.SendAsync(new string(piece));

        var record = await Ledgers.OnlyRecordAsync(fixture.Node, call.Tenant);
        AssertExact(record);
        Assert.Equal("client_aborted", record.GetProperty("outcome").GetString());
        Assert.False(call.Upstream.IsClosed);
    }

    /// <summary>One of many calls on an HTTP/2 connection is given up: the same rules, and the others go on.</summary>
    [Theory]
    [InlineData("openai")]
    [InlineData("compatible")]
    public async Task A_stream_of_an_http2_connection_that_is_given_up_follows_the_policy(string name)
    {
        var dialect = Of(name);
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "10" });
        var (_, otherKey) = await fixture.Node.NewTenantAsync();
        using var client = new HttpClient { BaseAddress = new Uri(fixture.H2cUrl) };
        var mine = SendHttp2Async(client, dialect, key);
        var upstream = await fixture.Upstream.NextAsync();
        var others = SendHttp2Async(client, dialect, otherKey);
        var other = await fixture.Upstream.NextAsync();
        await other.SendStreamHeadAsync(Events);
        using var otherResponse = await others;
        await upstream.SendStreamHeadAsync(Events);
        await upstream.SendChunkAsync(dialect.First);
        using var answer = await mine;
        await using (var body = await answer.Content.ReadAsStreamAsync())
            Assert.True(await body.ReadAsync(new byte[16]) > 0);
        answer.Dispose();
        await fixture.Departures.OfAsync(key);
        if (name == "openai")
        {
            await upstream.WhenClosedAsync();
        }
        else
        {
            await upstream.SendChunkAsync(dialect.Finish + dialect.Usage + dialect.Terminal);
            await upstream.EndChunksAsync();
        }

        var record = await Ledgers.OnlyRecordAsync(fixture.Node, tenant);
        Assert.Equal("client_aborted", record.GetProperty("outcome").GetString());
        Assert.Equal(name == "openai" ? "estimated" : "reported", record.GetProperty("source").GetString());
        Assert.True(Ledgers.Cost(record) > 0);

        await other.SendChunkAsync(dialect.First + dialect.Finish + dialect.Usage + dialect.Terminal);
        await other.EndChunksAsync();
        Assert.Equal(dialect.First + dialect.Finish + dialect.Terminal, await otherResponse.Content.ReadAsStringAsync());
        AssertExact(await fixture.Node.RecordOfAsync(otherResponse));
    }

    private static Task<HttpResponseMessage> SendHttp2Async(HttpClient client, Dialect dialect, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, dialect.Path)
        {
            Content = new StringContent(dialect.Body, Encoding.UTF8, "application/json"),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static void Leave(RawClient client, bool reset)
    {
        if (reset)
            client.Reset();
        else
            client.Fin();
    }

    private async Task LeaveAsync(ScriptedCall call, bool reset)
    {
        Leave(call.Client, reset);
        await fixture.Departures.OfAsync(call.Key);
    }

    /// <summary>Enough pieces, each awaited, that a gateway which gave up would have closed the connection under them.</summary>
    private static async Task SendSlowlyAsync(ScriptedCall call, string piece)
    {
        for (var i = 0; i < 20; i++)
            await call.Upstream.SendChunkAsync(piece);

        Assert.False(call.Upstream.IsClosed);
    }

    private static void AssertExact(JsonElement record)
    {
        Assert.Equal("reported", record.GetProperty("source").GetString());
        Assert.Equal(1000, Input(record));
        Assert.Equal(500, Output(record));
        Assert.True(Ledgers.Cost(record) > 0);
    }

    private static long Input(JsonElement record) => record.GetProperty("usage").GetProperty("inputTokens").GetInt64();

    private static long Output(JsonElement record) => record.GetProperty("usage").GetProperty("outputTokens").GetInt64();

    private static TheoryData<string, bool> Matrix(params string[] names)
    {
        var data = new TheoryData<string, bool>();
        foreach (var name in names)
        {
            data.Add(name, true);
            data.Add(name, false);
        }

        return data;
    }

    private static Dialect Of(string name) => name switch
    {
        "anthropic" => _anthropic,
        "gemini" => _gemini,
        "compatible" => _compatible,
        _ => _openAi,
    };

    private async Task<ScriptedCall> StartAsync(Dialect dialect)
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "10" });
        var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, dialect.Path, key, dialect.Body);
        var upstream = await fixture.Upstream.NextAsync();
        var budget = await fixture.Node.BudgetAsync(tenant, "main");
        Assert.True(Ledgers.Usd(budget, "heldUsd") > 0);
        return new ScriptedCall(tenant, key, client, upstream);
    }

    /// <param name="First">Ends with the words "river." in a delta.</param>
    /// <param name="Finish">The event with the finish reason.</param>
    /// <param name="Usage">What comes between it and the end.</param>
    /// <param name="Terminal">The event that ends the stream; empty where there is none.</param>
    private sealed record Dialect(string Path, string Body, string First, string Finish, string Usage, string Terminal);
}
