using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Bedrock;

public sealed class BedrockTests(BedrockFixture fixture) : IClassFixture<BedrockFixture>
{
    private const string Model = "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0";
    private const string Arn = "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fab12";
    private const string Request = """{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":64}}""";
    private const string Answer = """{"output":{"message":{"role":"assistant","content":[{"text":"Hello"}]}},"stopReason":"end_turn","usage":{"inputTokens":12,"outputTokens":5,"totalTokens":17}}""";

    [Theory]
    [InlineData(Model)]
    [InlineData(Arn)]
    public async Task A_call_goes_out_with_the_path_as_the_SDK_encodes_it_and_with_the_operators_key(string model)
    {
        var (tenant, exchange, response) = await SendAsync($"/bedrock/model/{model}/converse", Request);
        Assert.Equal($"POST /model/{model}/converse HTTP/1.1", exchange.Request.StartLine);
        Assert.Equal("Bearer " + TestNode.ProviderKey, exchange.Request.Header("authorization"));
        Assert.Equal(Request, exchange.Request.Text);
        await exchange.AnswerAsync(200, Answer, "Content-Type: application/json");
        using var answer = await response;
        Assert.Equal(Answer, await answer.Content.ReadAsStringAsync());

        var record = await fixture.Node.RecordOfAsync(answer);
        Assert.Equal("reported", record.GetProperty("source").GetString());
        Assert.Equal((12, 5), (record.GetProperty("usage").GetProperty("inputTokens").GetInt32(), record.GetProperty("usage").GetProperty("outputTokens").GetInt32()));
        Assert.Equal(Uri.UnescapeDataString(model), record.GetProperty("modelRequested").GetString());
        Assert.Equal("converse", record.GetProperty("operation").GetString());
        Assert.Equal(tenant, record.GetProperty("tenant").GetString());

        // The profile's ARN has a price because the configuration maps it to a model.
        Assert.True(record.GetProperty("costNanoUsd").GetInt64() > 0, record.GetRawText());
    }

    [Theory]
    [InlineData(Model)]
    [InlineData(Arn)]
    public async Task A_call_without_an_API_key_is_signed_as_an_independent_computation_signs_it(string model)
    {
        var (_, exchange, response) = await SendAsync($"/signed/model/{model}/converse", Request);
        AssertSigned(exchange.Request);
        Assert.Equal($"POST /prefix/model/{model}/converse HTTP/1.1", exchange.Request.StartLine);
        await exchange.AnswerAsync(200, Answer, "Content-Type: application/json");
        (await response).Dispose();
    }

    [Fact]
    public async Task A_second_attempt_is_signed_anew()
    {
        var (_, exchange, response) = await SendAsync($"/signed/model/{Model}/converse", Request);
        AssertSigned(exchange.Request);
        await exchange.AnswerAsync(503, """{"message":"busy"}""", "Content-Type: application/json");

        var second = await fixture.Upstream.NextAsync();
        AssertSigned(second.Request);
        Assert.Single(second.Request.Headers, h => h.Key == "authorization");
        Assert.Single(second.Request.Headers, h => h.Key == "x-amz-date");
        await second.AnswerAsync(200, Answer, "Content-Type: application/json");
        (await response).Dispose();
    }

    [Fact]
    [Trait("Acceptance", "T75")]
    public async Task A_refused_signature_is_told_without_what_was_signed()
    {
        var (_, exchange, response) = await SendAsync($"/signed/model/{Model}/converse", Request);
        await exchange.AnswerAsync(
            403,
            $$"""{"message":"The Canonical String should have been: x-amz-security-token:{{BedrockFixture.SessionToken}}"}""",
            "Content-Type: application/json", "x-amzn-errortype: InvalidSignatureException");
        using var answer = await response;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.DoesNotContain(BedrockFixture.SessionToken, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tokens_of_an_invocation_are_read_from_the_head()
    {
        var (_, exchange, response) = await SendAsync(
            "/bedrock/model/mistral.mistral-7b-instruct-v0%3A2/invoke", """{"prompt":"hi","max_tokens":10}""", "application/octet-stream");
        Assert.Equal("application/octet-stream", exchange.Request.Header("content-type"));
        await exchange.AnswerAsync(
            200,
            """{"outputs":[{"text":"Hello","stop_reason":"stop"}]}""",
            "Content-Type: application/json", "X-Amzn-Bedrock-Input-Token-Count: 6", "X-Amzn-Bedrock-Output-Token-Count: 10");
        using var answer = await response;
        Assert.Equal("6", answer.Headers.GetValues("x-amzn-bedrock-input-token-count").Single());

        var usage = (await fixture.Node.RecordOfAsync(answer)).GetProperty("usage");
        Assert.Equal((6, 10), (usage.GetProperty("inputTokens").GetInt32(), usage.GetProperty("outputTokens").GetInt32()));
    }

    [Fact]
    [Trait("Acceptance", "A39")]
    public async Task A_stream_passes_byte_for_byte_and_is_metered()
    {
        var stream = EventStream("messageStop", """{"stopReason":"end_turn"}""")
            .Concat(EventStream("metadata", """{"usage":{"inputTokens":12,"outputTokens":5,"totalTokens":17}}""")).ToArray();
        var (_, exchange, response) = await SendAsync($"/bedrock/model/{Model}/converse-stream", Request);
        await exchange.SendStreamHeadAsync("application/vnd.amazon.eventstream");
        foreach (var part in stream.Chunk(5))
        {
            await exchange.SendChunkAsync(part);
        }

        await exchange.EndChunksAsync();
        using var answer = await response;
        Assert.Equal(stream, await answer.Content.ReadAsByteArrayAsync());

        var record = await fixture.Node.RecordOfAsync(answer);
        Assert.Equal("reported", record.GetProperty("source").GetString());
        Assert.Equal((12, 5), (record.GetProperty("usage").GetProperty("inputTokens").GetInt32(), record.GetProperty("usage").GetProperty("outputTokens").GetInt32()));
        Assert.True(record.GetProperty("stream").GetBoolean());
    }

    [Fact]
    public async Task A_client_that_signs_is_told_to_use_the_bearer_form()
    {
        using var client = new HttpClient { BaseAddress = new Uri(fixture.Node.GatewayUrl) };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/bedrock/model/{Model}/converse") { Content = Json(Request) };
        request.Headers.TryAddWithoutValidation(
            "Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00");
        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("UnrecognizedClientException", response.Headers.GetValues("x-amzn-errortype").Single());
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Contains("AWS_BEARER_TOKEN_BEDROCK", body.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid_api_key", body.GetProperty("reason").GetString());
    }

    [Theory]
    [Trait("Acceptance", "T25")]
    [InlineData("/bedrock/model/a%252Fb/converse")]
    [InlineData("/bedrock/model/a%2F..%2Fb/converse")]
    [InlineData("/bedrock/model/a%25b/converse")]
    [InlineData("/bedrock/model%2Fa/converse")]
    public async Task A_path_that_could_be_decoded_twice_is_unknown(string path)
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = await RawClient.PostAsync(fixture.Node.GatewayUrl, path, key, Request);
        await client.UntilAsync("\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 ", client.Received, StringComparison.Ordinal);
        Assert.Contains("x-amzn-errortype: ResourceNotFoundException", client.Received, StringComparison.OrdinalIgnoreCase);
        Assert.False(fixture.Upstream.HasNext);
    }

    private static void AssertSigned(HttpMessageText request)
    {
        var authorization = request.Header("authorization")!;
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=" + BedrockFixture.AccessKeyId + "/", authorization, StringComparison.Ordinal);
        var parts = authorization["AWS4-HMAC-SHA256 ".Length..].Split(", ").ToDictionary(p => p.Split('=')[0], p => p.Split('=', 2)[1], StringComparer.Ordinal);
        var headers = parts["SignedHeaders"].Split(';');
        Assert.Equal(["content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"], headers);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(request.Body.Span)), request.Header("x-amz-content-sha256"));
        Assert.Equal(BedrockFixture.SessionToken, request.Header("x-amz-security-token"));
        Assert.Equal(SignatureV4.Of(request, BedrockFixture.SecretAccessKey, "eu-west-1", "bedrock", headers), parts["Signature"]);
        var signedAt = DateTimeOffset.ParseExact(request.Header("x-amz-date")!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(signedAt, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(10), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.DoesNotContain(BedrockFixture.SecretAccessKey, request.Head, StringComparison.Ordinal);
    }

    private static StringContent Json(string body, string type = "application/json")
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    /// <summary>One frame, its checksums by the framework's own CRC-32.</summary>
    private static byte[] EventStream(string type, string payload)
    {
        byte[] headers = [.. Header(":message-type", "event"), .. Header(":event-type", type)];
        var body = Encoding.UTF8.GetBytes(payload);
        byte[] prelude = [.. BigEndian((uint)(16 + headers.Length + body.Length)), .. BigEndian((uint)headers.Length)];
        byte[] start = [.. prelude, .. BigEndian(System.IO.Hashing.Crc32.HashToUInt32(prelude)), .. headers, .. body];
        return [.. start, .. BigEndian(System.IO.Hashing.Crc32.HashToUInt32(start))];
    }

    private static byte[] Header(string name, string value) =>
        [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), 7, 0, (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private async Task<(string Tenant, UpstreamExchange Exchange, Task<HttpResponseMessage> Response)> SendAsync(
        string path, string body, string type = "application/json")
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync();
        var client = fixture.Node.Client(key);
        var response = client.PostAsync(new Uri(client.BaseAddress + path[1..]), Json(body, type));
        return (tenant, await fixture.Upstream.NextAsync(), response);
    }
}
