using System.Net;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>E-ROUTE: what is not in the route table is not forwarded.</summary>
public sealed class RouteRefusalTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    [Theory]
    [InlineData(Api.OpenAi, "/openai/v1/unheard-of")]
    [InlineData(Api.OpenAi, "/nobody/v1/chat/completions")]
    [InlineData(Api.OpenAi, "/openai")]
    [InlineData(Api.OpenAi, "/")]
    [InlineData(Api.Anthropic, "/anthropic/v1/unheard-of")]
    [InlineData(Api.Gemini, "/gemini/v1beta/models/gemini-2.5-flash:unheardOf")]
    public async Task An_unknown_url_is_404_in_the_familys_shape(Api api, string path)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        await fixture.RefusedAsync(api, Calls.Post(api, key, path: path), 404, "unknown_url", tenant);
    }

    [Theory]
    [InlineData(Api.OpenAi, "GET", "/openai/v1/chat/completions", "POST")]
    [InlineData(Api.OpenAi, "DELETE", "/openai/v1/models", "GET")]
    [InlineData(Api.OpenAi, "PATCH", "/openai/v1/embeddings", "POST")]
    [InlineData(Api.Anthropic, "PUT", "/anthropic/v1/messages", "POST")]
    [InlineData(Api.Gemini, "GET", "/gemini/v1beta/models/gemini-2.5-flash:generateContent", "POST")]
    public async Task Another_method_is_405_and_says_which_ones_there_are(Api api, string method, string path, string allow)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var request = Calls.WithKey(new HttpRequestMessage(new HttpMethod(method), path), api, key);
        var refusal = await fixture.RefusedAsync(api, request, 405, "method_not_allowed", tenant);
        Assert.Equal(allow, refusal.Header("Allow"));
    }

    [Theory]
    [InlineData(Api.OpenAi, "/openai/v1/videos")]
    [InlineData(Api.OpenAi, "/openai/v1/batches")]
    [InlineData(Api.OpenAi, "/openai/v1/realtime/sessions")]
    [InlineData(Api.Anthropic, "/anthropic/v1/messages/batches")]
    [InlineData(Api.Gemini, "/gemini/v1beta/cachedContents")]
    [InlineData(Api.Gemini, "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent")]
    [Trait("Acceptance", "T52")]
    public async Task An_endpoint_that_cannot_be_metered_is_refused_and_never_free(Api api, string path)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        await fixture.RefusedAsync(api, Calls.Post(api, key, path: path), 403, "endpoint_not_metered", tenant);
    }

    [Fact]
    public async Task A_background_response_is_refused_until_it_can_be_metered()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        const string Body = """{"model":"gpt-4o-mini","input":"Hello","background":true}""";
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key, Body, "/openai/v1/responses"), 403, "endpoint_not_metered", tenant);
    }

    [Theory]
    [InlineData("//openai/v1/chat/completions")]
    [InlineData("/openai//v1/chat/completions")]
    [InlineData("/openai/v1//chat/completions")]
    [InlineData("/openai/v1/chat/completions/")]
    [InlineData("/openai/v1/chat/completions;a=b")]
    [InlineData("/openai/v1/chat/completions%20")]
    [InlineData("/openai/v1/chat\\completions")]
    [InlineData("/openai/v1/chat%2fcompletions")]
    [InlineData("/openai/v1/chat%252fcompletions")]
    [InlineData("/openai/v1/..;/chat/completions")]
    [InlineData("/openai/x/../v1/chat/completions")]
    [InlineData("/openai/./v1/chat/completions")]
    [InlineData("/openai/v1/%2e%2e/v1/chat/completions")]
    [InlineData("/openai/v1/chat%C0%AEcompletions")]
    [InlineData("/openai/v1/chat/completions%00")]
    [InlineData("/openai/V1/Chat/Completions")]
    [InlineData("/OpenAI/v1/chat/completions")]
    [InlineData("http://elsewhere.example/openai/v1/chat/completions")]
    [Trait("Acceptance", "T25")]
    public async Task A_path_that_somebody_could_read_in_another_way_reaches_no_upstream(string target)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var dispatches = fixture.Node.Simulator.Simulator.Dispatches;
        var answer = await RawHttp.ExchangeAsync(fixture.Node.GatewayUrl, RawHttp.Post(target, key, Calls.Body(Api.OpenAi)));
        Assert.True(answer.Status is 404 or 400, answer.Text);
        if (answer.Status == 404)
        {
            Assert.Contains("\"code\":\"unknown_url\"", answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal(dispatches, fixture.Node.Simulator.Simulator.Dispatches);
        await fixture.AssertNothingLeftAsync(tenant, records: 0);
    }

    [Fact]
    [Trait("Acceptance", "T25")]
    public async Task A_needless_escape_is_decoded_once_and_never_sent_on()
    {
        var (_, key) = await fixture.NewTenantAsync();
        var answer = await RawHttp.ExchangeAsync(fixture.Node.GatewayUrl, RawHttp.Post("/openai/v1/chat/complet%69ons", key, Calls.Body(Api.OpenAi)));
        Assert.Equal(200, answer.Status);
        Assert.Equal("/openai/v1/chat/completions", fixture.Node.Simulator.Requests[^1].Target);
    }

    [Fact]
    [Trait("Acceptance", "T30")]
    public async Task Neither_listener_answers_for_the_other()
    {
        foreach (var path in new[] { "/api/v1/tenants", "/metrics", "/healthz", "/readyz", "/openapi/v1.json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("x-llmeter-key", (await fixture.NewTenantAsync()).Key);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + TestKit.TestNode.AdminToken);
            using var onGateway = await fixture.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, onGateway.StatusCode);
        }

        using var onControl = await fixture.Node.Admin.PostAsync("/openai/v1/chat/completions", new StringContent(Calls.Body(Api.OpenAi)));
        Assert.Equal(HttpStatusCode.NotFound, onControl.StatusCode);
        using var own = await fixture.Node.Admin.GetAsync("/llmeter/v1/me");
        Assert.Equal(HttpStatusCode.NotFound, own.StatusCode);
    }
}
