using System.Net;
using System.Net.Http.Json;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>What a key may call, what has a price, how often, and the failures before the provider.</summary>
public sealed class PolicyRefusalTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    public static TheoryData<Api> Apis => [Api.OpenAi, Api.Anthropic, Api.Gemini];

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_key_calls_only_the_models_that_it_lists(Api api)
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var other = await fixture.Node.IssueKeyAsync(tenant, new { models = new[] { "some-other-model", "gpt-5*" } });
        var refusal = await fixture.RefusedAsync(api, Calls.Post(api, other), 403, "model_not_allowed", tenant);
        Assert.Equal(api == Api.Gemini ? "PERMISSION_DENIED" : "permission_error", refusal.Type);

        var own = await fixture.Node.IssueKeyAsync(tenant, new { models = new[] { Calls.Model(api)[..6] + "*" } });
        using var answer = await fixture.Http.SendAsync(Calls.Post(api, own));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_model_list_holds_for_dated_snapshots_as_it_does_for_the_model()
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var key = await fixture.Node.IssueKeyAsync(tenant, new { models = new[] { "gpt-4o-mini" } });
        using var dated = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key, Calls.Body(Api.OpenAi, "gpt-4o-mini-2024-07-18")));
        Assert.Equal(HttpStatusCode.OK, dated.StatusCode);
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key, Calls.Body(Api.OpenAi, "gpt-4o")), 403, "model_not_allowed", tenant, records: 1);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_key_calls_only_the_providers_and_operations_that_it_lists(Api api)
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var provider = await fixture.Node.IssueKeyAsync(tenant, new { providers = new[] { "openrouter" } });
        await fixture.RefusedAsync(api, Calls.Post(api, provider), 403, "endpoint_not_allowed", tenant);
        var operation = await fixture.Node.IssueKeyAsync(tenant, new { operations = new[] { "embeddings" } });
        await fixture.RefusedAsync(api, Calls.Post(api, operation), 403, "endpoint_not_allowed", tenant);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_model_without_a_price_is_refused_where_a_hard_cap_applies(Api api)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var request = Calls.Post(api, key, Calls.Body(api, "unheard-of-1"), Calls.Path(api, "unheard-of-1"));
        await fixture.RefusedAsync(api, request, 403, "model_not_priced", tenant);
    }

    [Fact]
    public async Task A_model_without_a_price_passes_without_a_cap_and_is_said_to_be_unpriced()
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync();
        using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key, Calls.Body(Api.OpenAi, "unheard-of-1")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var record = await fixture.Node.RecordOfAsync(answer);
        Assert.Contains(record.GetProperty("flags").EnumerateArray(), f => f.GetString() == "unpriced");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, record.GetProperty("costNanoUsd").ValueKind);
        var scrape = await Metrics.Scrape.OfAsync(fixture.Node);
        Assert.Equal(1, scrape.Sum("llmeter_unpriced_requests_total", ("tenant", tenant)));
        Assert.Equal(1, scrape.Sum("llmeter_requests_total", ("tenant", tenant), ("model", "other")));
    }

    [Fact]
    public async Task A_tenants_own_policy_for_unpriced_models_comes_first()
    {
        var (strict, strictKey) = await fixture.Node.NewTenantAsync();
        (await fixture.Node.Admin.PatchAsJsonAsync($"/api/v1/tenants/{strict}", new { unpricedPolicy = "refuse" })).EnsureSuccessStatusCode();
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, strictKey, Calls.Body(Api.OpenAi, "unheard-of-1")), 403, "model_not_priced", strict);

        var (lenient, lenientKey) = await fixture.NewTenantAsync();
        (await fixture.Node.Admin.PatchAsJsonAsync($"/api/v1/tenants/{lenient}", new { unpricedPolicy = "allow" })).EnsureSuccessStatusCode();
        using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, lenientKey, Calls.Body(Api.OpenAi, "unheard-of-1")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Past_the_requests_per_minute_it_is_429_with_the_wait(Api api)
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var key = await fixture.Node.IssueKeyAsync(tenant, new { limits = new { requestsPerMinute = 6 } });
        using var first = await fixture.Http.SendAsync(Calls.Post(api, key));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var refusal = await fixture.RefusedAsync(api, Calls.Post(api, key), 429, "rate_limit_exceeded", tenant, records: 1);
        Assert.InRange(int.Parse(refusal.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 10);
        Assert.Contains("requests per minute", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Past_the_tokens_per_minute_it_is_429_until_the_debt_is_paid()
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var key = await fixture.Node.IssueKeyAsync(tenant, new { limits = new { tokensPerMinute = 600 } });
        fixture.Node.Simulator.Script(new Scenario { OutputTokens = 900 });
        using var first = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var refusal = await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 429, "rate_limit_exceeded", tenant, records: 1);
        Assert.InRange(int.Parse(refusal.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 20, 60);
    }

    [Fact]
    public async Task Past_the_concurrency_it_is_429_and_free_again_when_the_call_has_ended()
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var key = await fixture.Node.IssueKeyAsync(tenant, new { limits = new { concurrent = 1 } });
        using (var running = await RunningCall.StartAsync(fixture, Calls.Post(Api.OpenAi, key)))
        {
            await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 429, "rate_limit_exceeded", tenant, heldByOthers: true);
            await running.FinishAsync();
        }

        using var next = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_limit_of_the_tenant_counts_all_its_keys()
    {
        var (tenant, one) = await fixture.NewTenantAsync();
        var two = await fixture.Node.IssueKeyAsync(tenant);
        (await fixture.Node.Admin.PatchAsJsonAsync($"/api/v1/tenants/{tenant}", new { limits = new { requestsPerMinute = 6 } })).EnsureSuccessStatusCode();
        using var first = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, one));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, two), 429, "rate_limit_exceeded", tenant, records: 1);
    }

    [Fact]
    public async Task An_idempotency_key_runs_once_at_a_time_and_with_one_body()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var first = Calls.Post(Api.OpenAi, key);
        first.Headers.TryAddWithoutValidation("Idempotency-Key", "order-1");
        using (var running = await RunningCall.StartAsync(fixture, first))
        {
            var again = Calls.Post(Api.OpenAi, key);
            again.Headers.TryAddWithoutValidation("Idempotency-Key", "order-1");
            var inProgress = await fixture.RefusedAsync(Api.OpenAi, again, 409, "idempotency_in_progress", tenant, heldByOthers: true);
            Assert.NotNull(inProgress.Header("Retry-After"));

            var different = Calls.Post(Api.OpenAi, key, Calls.Body(Api.OpenAi, text: "something else"));
            different.Headers.TryAddWithoutValidation("Idempotency-Key", "order-1");
            await fixture.RefusedAsync(Api.OpenAi, different, 422, "idempotency_key_reuse", tenant, heldByOthers: true);
            await running.FinishAsync();
        }

        var repeated = Calls.Post(Api.OpenAi, key);
        repeated.Headers.TryAddWithoutValidation("Idempotency-Key", "order-1");
        using var answer = await fixture.Http.SendAsync(repeated);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("order-1", fixture.Node.Simulator.Requests[^1].Header("Idempotency-Key"));

        var (_, other) = await fixture.NewTenantAsync();
        var elsewhere = Calls.Post(Api.OpenAi, other, Calls.Body(Api.OpenAi, text: "of another tenant"));
        elsewhere.Headers.TryAddWithoutValidation("Idempotency-Key", "order-1");
        using var independent = await fixture.Http.SendAsync(elsewhere);
        Assert.Equal(HttpStatusCode.OK, independent.StatusCode);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_is_502_and_leaves_no_record_and_no_hold()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var refusal = await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key, path: "/down/v1/chat/completions"), 502, "upstream_unreachable", tenant);
        Assert.NotNull(refusal.Header("Retry-After"));
        Assert.DoesNotContain("127.0.0.1", refusal.Body, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "T75")]
    public async Task A_provider_that_refuses_our_own_credential_is_502_without_its_body()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        fixture.Node.Simulator.Script(new Scenario { Status = 401 });
        using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        var refusal = await Refusal.ReadAsync(Api.OpenAi, answer, retriable: false);
        Assert.Equal(502, refusal.Status);
        Assert.Equal("upstream_unreachable", refusal.Code);
        Assert.DoesNotContain(TestKit.TestNode.ProviderKey[..12], refusal.Body, StringComparison.Ordinal);
        var record = await fixture.Node.RecordOfAsync(answer);
        Assert.Equal("unbilled", record.GetProperty("source").GetString());
        Assert.Equal(401, record.GetProperty("status").GetInt32());
        await fixture.AssertNothingLeftAsync(tenant, records: 1);
    }
}
