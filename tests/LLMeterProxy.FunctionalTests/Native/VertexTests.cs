using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Native;

/// <summary>Vertex through a whole node: whose project and whose token reach it.</summary>
public sealed class VertexTests(NativeFixture fixture) : IClassFixture<NativeFixture>
{
    private const string Contents = """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""";
    private const string Answer = """{"candidates":[{"content":{"parts":[{"text":"ho"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":3,"totalTokenCount":10,"trafficType":"ON_DEMAND_PRIORITY"},"modelVersion":"gemini-2.5-flash"}""";
    private const string TheirPath = "/v1/projects/their-project/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent";

    [Fact]
    public async Task A_service_account_gets_one_token_and_calls_its_own_project()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = fixture.Node.Client(key);
        using var first = Post(client, "/vertex" + TheirPath, Contents, out var answer);

        var exchange = await fixture.Upstream.NextAsync();
        Assert.Equal("POST /token HTTP/1.1", exchange.Request.StartLine);
        Assert.Contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", exchange.Request.Text, StringComparison.Ordinal);
        var claims = Claims(exchange.Request.Text);
        Assert.Equal("vertex@our-project.iam.gserviceaccount.com", claims.GetProperty("iss").GetString());
        Assert.Equal("https://www.googleapis.com/auth/cloud-platform", claims.GetProperty("scope").GetString());
        await exchange.AnswerAsync(200, """{"access_token":"ya29.token","expires_in":3600,"token_type":"Bearer"}""", "Content-Type: application/json");

        await AnswerAsync();
        using var response = await answer.WaitAsync(Patience.Limit);
        Assert.Equal(Answer, await response.Content.ReadAsStringAsync());
        var record = await fixture.Node.RecordOfAsync(response);
        Assert.Equal(7, record.GetProperty("usage").GetProperty("inputTokens").GetInt64());
        Assert.Equal(3, record.GetProperty("usage").GetProperty("outputTokens").GetInt64());

        // The next call, in express mode even, goes with the same token to the same project.
        using var second = Post(client, "/vertex/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent", Contents, out answer);
        await AnswerAsync("/v1beta1");
        (await answer.WaitAsync(Patience.Limit)).Dispose();

        async Task AnswerAsync(string version = "/v1")
        {
            var call = await fixture.Upstream.NextAsync();
            Assert.Equal($"POST {version}/projects/our-project/locations/europe-west4/publishers/google/models/gemini-2.5-flash:generateContent HTTP/1.1", call.Request.StartLine);
            Assert.Equal("Bearer ya29.token", call.Request.Header("authorization"));
            Assert.Null(call.Request.Header("x-goog-api-key"));
            await call.AnswerAsync(200, Answer, "Content-Type: application/json");
        }
    }

    [Fact]
    public async Task Where_no_token_can_be_had_nothing_is_sent_and_nothing_is_charged()
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "day", limitUsd = "1" });
        using var client = fixture.Node.Client(key);
        using var body = Post(client, "/lost" + TheirPath, Contents, out var answer);
        using var response = await answer.WaitAsync(Patience.Limit);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("UPSTREAM_UNREACHABLE", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(fixture.Upstream.HasNext);
        var budget = await fixture.Node.BudgetAsync(tenant, "main");
        Assert.Equal((0m, 0m), (Usd("heldUsd"), Usd("spentUsd")));

        decimal Usd(string name) => decimal.Parse(budget.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Express_mode_takes_a_key_in_Googles_header_and_leaves_the_path()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = new HttpClient { BaseAddress = new Uri(fixture.Node.GatewayUrl) };
        using var body = Post(client, $"/express/v1/publishers/google/models/gemini-2.5-flash:generateContent?key={key}", Contents, out var answer);
        var call = await fixture.Upstream.NextAsync();
        Assert.Equal("POST /v1/publishers/google/models/gemini-2.5-flash:generateContent HTTP/1.1", call.Request.StartLine);
        Assert.Equal(TestNode.ProviderKey, call.Request.Header("x-goog-api-key"));
        Assert.Null(call.Request.Header("authorization"));
        await call.AnswerAsync(200, Answer, "Content-Type: application/json");
        using var response = await answer.WaitAsync(Patience.Limit);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static StringContent Post(HttpClient client, string path, string json, out Task<HttpResponseMessage> answer)
    {
        var body = new StringContent(json, Encoding.UTF8, "application/json");
        answer = client.PostAsync(path, body);
        return body;
    }

    private static JsonElement Claims(string form)
    {
        var assertion = form.Split('&').Single(p => p.StartsWith("assertion=", StringComparison.Ordinal))["assertion=".Length..];
        var payload = Uri.UnescapeDataString(assertion).Split('.')[1].Replace('-', '+').Replace('_', '/');
        return JsonDocument.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '='))).RootElement;
    }
}
