using System.Text;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>Requests whose end or whose headers two servers could read in two ways (T1 to T12, T21, T79).</summary>
public sealed class FramingTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    private const string Target = "POST /openai/v1/chat/completions HTTP/1.1";

    private string Url => fixture.Node.GatewayUrl;

    private long Dispatches => fixture.Node.Simulator.Simulator.Dispatches;

    public static TheoryData<string> BadFramings =>
    [
        "Content-Length: {n}\r\nContent-Length: 3",
        "Content-Length: {n}\r\nContent-Length: {n}",
        "Content-Length: 5,5",
        "Content-Length: 5,6",
        "Content-Length: 0x10",
        "Content-Length: 1 0",
        "Content-Length: -1",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\r\n chunked",
    ];

    [Theory]
    [InlineData("Content-Length: {n}\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: {n}")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 0")]
    [Trait("Acceptance", "T1")]
    public async Task A_length_beside_chunks_is_ambiguous_and_closes_the_connection(string framing)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var chunked = Chunk(Calls.Body(Api.OpenAi)) + "0\r\n\r\n";
        var before = Dispatches;
        var smuggled = RawHttp.Post("/openai/v1/chat/completions", key, Calls.Body(Api.OpenAi));
        var answer = await RawHttp.ExchangeAsync(Url, Head(key, framing.Replace("{n}", $"{chunked.Length}", StringComparison.Ordinal)) + chunked + smuggled);
        Assert.Equal([400], answer.Statuses);
        Assert.Contains("\"code\":\"ambiguous_framing\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, Dispatches);
        await fixture.AssertNothingLeftAsync(tenant, records: 0);
    }

    [Fact]
    [Trait("Acceptance", "T1")]
    public async Task A_stranger_with_ambiguous_framing_loses_the_connection_as_well()
    {
        var answer = await RawHttp.ExchangeAsync(Url, RawHttp.Request("0\r\n\r\n", Target, "Host: gateway", "Content-Length: 5", "Transfer-Encoding: chunked"));
        Assert.Equal([400], answer.Statuses);
    }

    [Theory]
    [MemberData(nameof(BadFramings))]
    [Trait("Acceptance", "T2")]
    public async Task A_length_or_coding_that_is_not_plain_is_refused_and_closes_the_connection(string framing)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var body = Calls.Body(Api.OpenAi);
        var before = Dispatches;
        var answer = await RawHttp.ExchangeAsync(Url, Head(key, framing.Replace("{n}", $"{body.Length}", StringComparison.Ordinal)) + body);
        Assert.True(answer.Status is >= 400 and <= 501, answer.Text);
        Assert.Equal(before, Dispatches);
        await fixture.AssertNothingLeftAsync(tenant, records: 0);
    }

    [Theory]
    [InlineData("+")]
    [InlineData("0")]
    [Trait("Acceptance", "T3")]
    public async Task An_odd_spelling_of_the_length_is_never_passed_on(string prefix)
    {
        var (_, key) = await fixture.NewTenantAsync();
        var body = Calls.Body(Api.OpenAi);
        var before = Dispatches;
        var answer = await RawHttp.ExchangeAsync(Url, Head(key, $"Content-Length: {prefix}{body.Length}\r\nConnection: close") + body);
        if (answer.Status == 200)
        {
            var sent = fixture.Node.Simulator.Requests[^1];
            Assert.Equal($"{body.Length}", sent.Header("Content-Length"));
            Assert.Equal(body, Encoding.UTF8.GetString(sent.Body.Span));
        }
        else
        {
            Assert.Equal(400, answer.Status);
            Assert.Equal(before, Dispatches);
        }
    }

    [Theory]
    [InlineData("5;\nx=y\r\n")]
    [InlineData("5\nhello\r\n")]
    [InlineData("5 \r\n")]
    [InlineData("g\r\n")]
    [InlineData("ffffffffffffffff0\r\n")]
    [Trait("Acceptance", "T4")]
    public async Task A_chunk_that_is_not_plain_is_refused(string start)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var before = Dispatches;
        var answer = await RawHttp.ExchangeAsync(Url, Head(key, "Transfer-Encoding: chunked\r\nConnection: close") + start + "hello\r\n0\r\n\r\n");
        Assert.True(answer.Status is >= 400 and < 500, answer.Text);
        Assert.Equal(before, Dispatches);
        await fixture.AssertNothingLeftAsync(tenant, records: 0);
    }

    [Fact]
    [Trait("Acceptance", "T5")]
    public async Task Chunk_extensions_and_trailers_end_here()
    {
        var (_, key) = await fixture.NewTenantAsync();
        var body = Calls.Body(Api.OpenAi);
        var chunked = $"{body.Length:x};secret=extension\r\n{body}\r\n0\r\nAuthorization: Bearer trailer\r\nX-Trailer: yes\r\n\r\n";
        var answer = await RawHttp.ExchangeAsync(Url, Head(key, "Transfer-Encoding: chunked\r\nTrailer: Authorization, X-Trailer\r\nConnection: close") + chunked);
        Assert.Equal(200, answer.Status);
        var sent = fixture.Node.Simulator.Requests[^1];
        Assert.Equal(body, Encoding.UTF8.GetString(sent.Body.Span));
        Assert.Equal($"{body.Length}", sent.Header("Content-Length"));
        Assert.Null(sent.Header("Transfer-Encoding"));
        Assert.Null(sent.Header("Trailer"));
        Assert.Equal("Bearer " + TestKit.TestNode.ProviderKey, sent.Header("Authorization"));
    }

    [Theory]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.1\n")]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.1\r\nX-A: b\n")]
    [Trait("Acceptance", "T6")]
    public async Task A_bare_line_feed_ends_no_line(string start)
    {
        var (_, key) = await fixture.NewTenantAsync();
        var body = Calls.Body(Api.OpenAi);
        var before = Dispatches;
        var answer = await RawHttp.ExchangeAsync(
            Url, start + RawHttp.Request(body, "Host: gateway", $"Authorization: Bearer {key}", "Content-Type: application/json", $"Content-Length: {body.Length}", "Connection: close"));
        Assert.Equal(400, answer.Status);
        Assert.Equal(before, Dispatches);
    }

    [Fact]
    [Trait("Acceptance", "T9")]
    public async Task A_get_with_a_body_is_refused_and_the_next_request_on_the_connection_is_its_own()
    {
        var (_, key) = await fixture.NewTenantAsync();
        var first = RawHttp.Request("{}", "GET /openai/v1/models HTTP/1.1", "Host: gateway", $"Authorization: Bearer {key}", "Content-Length: 2");
        var answer = await RawHttp.ExchangeAsync(Url, first + RawHttp.Post("/openai/v1/chat/completions", key, Calls.Body(Api.OpenAi)));
        Assert.Equal([400, 200], answer.Statuses);
    }

    [Fact]
    [Trait("Acceptance", "T10")]
    public async Task Pipelined_requests_get_their_own_answers_in_order()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var requests = new StringBuilder();
        List<int> expected = [];
        for (var i = 0; i < 24; i++)
        {
            var refused = i % 5 == 2;
            expected.Add(refused ? 404 : 200);
            requests.Append(RawHttp.Post(refused ? "/openai/v1/unheard-of" : "/openai/v1/chat/completions", key, Calls.Body(Api.OpenAi, text: $"call {i}"), close: i == 23));
        }

        var answer = await RawHttp.ExchangeAsync(Url, requests.ToString());
        Assert.Equal(expected, answer.Statuses);
        Assert.Equal(expected.Count(s => s == 200), (await fixture.Node.RecordsAsync(tenant, expected.Count(s => s == 200))).Count);
    }

    [Fact]
    [Trait("Acceptance", "T11")]
    public async Task A_body_that_never_comes_ends_in_a_time_out_and_holds_nothing()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var before = Dispatches;
        var answer = await RawHttp.ExchangeAsync(Url, Head(key, "Content-Length: 500\r\nExpect: 100-continue"));
        Assert.Equal(408, answer.Statuses[^1]);
        Assert.Contains("\"code\":\"request_timeout\"", answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, Dispatches);
        await fixture.AssertNothingLeftAsync(tenant, records: 0);
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("h2c")]
    [InlineData("anything")]
    [Trait("Acceptance", "T12")]
    public async Task An_upgrade_is_never_passed_on(string protocol)
    {
        var (_, key) = await fixture.NewTenantAsync();
        var answer = await RawHttp.ExchangeAsync(
            Url,
            RawHttp.Request(
                "", "GET /openai/v1/models HTTP/1.1", "Host: gateway", $"Authorization: Bearer {key}", $"Upgrade: {protocol}", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
            + RawHttp.Request("", "GET /openai/v1/models HTTP/1.1", "Host: gateway", $"Authorization: Bearer {key}", "Connection: close"));
        Assert.DoesNotContain("HTTP/1.1 101", answer.Text, StringComparison.Ordinal);
        Assert.All(fixture.Node.Simulator.Requests, r => Assert.Null(r.Header("Upgrade")));
    }

    [Fact]
    [Trait("Acceptance", "T21")]
    public async Task A_header_with_underscores_is_never_its_dashed_namesake()
    {
        var (_, key) = await fixture.NewTenantAsync();
        var body = Calls.Body(Api.OpenAi);
        var disguised = await RawHttp.ExchangeAsync(
            Url,
            RawHttp.Request(body, Target, "Host: gateway", $"x_api_key: {key}", $"x_llmeter_key: {key}", "Content-Type: application/json", $"Content-Length: {body.Length}", "Connection: close"));
        Assert.Equal(401, disguised.Status);

        var beside = await RawHttp.ExchangeAsync(Url, RawHttp.Post("/openai/v1/chat/completions", key, body, "content_length: 3\r\ntransfer_encoding: chunked\r\nopenai_beta: x\r\n"));
        Assert.Equal(200, beside.Status);
        Assert.DoesNotContain(fixture.Node.Simulator.Requests[^1].Headers, h => h.Key.Contains('_'));
    }

    [Fact]
    [Trait("Acceptance", "T79")]
    public async Task Two_authorization_headers_are_ambiguous_even_if_they_are_equal()
    {
        var (_, key) = await fixture.NewTenantAsync();
        var answer = await RawHttp.ExchangeAsync(Url, RawHttp.Post("/openai/v1/chat/completions", key, Calls.Body(Api.OpenAi), $"Authorization: Bearer {key}\r\n"));
        Assert.Equal(400, answer.Status);
        Assert.Contains("\"code\":\"ambiguous_credentials\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_content_types_are_refused()
    {
        var (_, key) = await fixture.NewTenantAsync();
        var before = Dispatches;
        var answer = await RawHttp.ExchangeAsync(Url, RawHttp.Post("/openai/v1/chat/completions", key, Calls.Body(Api.OpenAi), "Content-Type: text/plain\r\n"));
        Assert.True(answer.Status is 400 or 415, answer.Text);
        Assert.Equal(before, Dispatches);
    }

    private static string Head(string key, string framing) => RawHttp.Request(
        "", Target, "Host: gateway", $"Authorization: Bearer {key}", "Content-Type: application/json", framing);

    private static string Chunk(string body) => $"{body.Length:x}\r\n{body}\r\n";
}
