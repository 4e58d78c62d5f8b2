using System.Net;
using System.Net.Http.Headers;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.Simulator.Scripting;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Metrics;

/// <summary>The published names and labels, and figures that are the ledger's.</summary>
public sealed class MetricsTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    [Fact]
    public async Task The_published_names_have_the_published_labels()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        await CallAsync(Calls.Post(Api.OpenAi, key));
        await CallAsync(Calls.Post(Api.OpenAi, key, """{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello"}]}"""));
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key, "{"), 400, "invalid_json", tenant, records: 2);

        var scrape = await Scrape.OfAsync(fixture.Node);
        AssertLabels(scrape, "llmeter_requests_total", "counter", "tenant", "provider", "model", "operation", "outcome");
        AssertLabels(scrape, "llmeter_tokens_total", "counter", "tenant", "provider", "model", "type");
        AssertLabels(scrape, "llmeter_cost_usd_total", "counter", "tenant", "provider", "model");
        AssertLabels(scrape, "llmeter_billed_usd_total", "counter", "tenant");
        AssertLabels(scrape, "llmeter_budget_limit_usd", "gauge", "tenant", "budget", "window");
        AssertLabels(scrape, "llmeter_budget_spent_usd", "gauge", "tenant", "budget", "window");
        AssertLabels(scrape, "llmeter_budget_held_usd", "gauge", "tenant", "budget", "window");
        AssertLabels(scrape, "llmeter_budget_reset_timestamp_seconds", "gauge", "tenant", "budget", "window");
        AssertLabels(scrape, "llmeter_admission_refusals_total", "counter", "tenant", "reason");
        AssertLabels(scrape, "llmeter_ledger_lag_seconds", "gauge");
        foreach (var histogram in new[] { "llmeter_request_duration_seconds", "llmeter_time_to_first_token_seconds", "llmeter_overhead_seconds" })
        {
            Assert.Equal("histogram", scrape.Types[histogram]);
            Assert.NotEmpty(scrape.Of(histogram + "_bucket"));
            Assert.All(scrape.Of(histogram + "_count"), s => Assert.DoesNotContain("tenant", s.Labels.Keys));
        }

        Assert.Contains(scrape.Series, s => s.Name.StartsWith("llmeter_journal_", StringComparison.Ordinal));
        Assert.All(scrape.Of("llmeter_requests_total"), s => Assert.Contains(s.Labels["outcome"], new[] { "completed", "upstream_error", "client_aborted", "truncated", "timeout" }));
        Assert.Equal(2, scrape.Sum("llmeter_requests_total", ("tenant", tenant), ("operation", "chat"), ("outcome", "completed")));
    }

    [Fact]
    [Trait("Acceptance", "A16,A19")]
    public async Task Per_tenant_cost_and_tokens_are_the_ledgers_sums()
    {
        List<string> tenants = [];
        for (var t = 0; t < 3; t++)
        {
            var (tenant, key) = await fixture.NewTenantAsync();
            tenants.Add(tenant);
            for (var i = 0; i < 4; i++)
            {
                fixture.Node.Simulator.Script(new Scenario { InputTokens = 1001 + (7 * i), OutputTokens = 333 + (11 * t) });
                var api = (Api)(i % 3);
                await CallAsync(Calls.Post(api, key));
            }
        }

        foreach (var tenant in tenants)
        {
            var records = await fixture.Node.RecordsAsync(tenant, 4);
            var scrape = await Scrape.OfAsync(fixture.Node);
            var cost = records.Sum(r => r.GetProperty("costNanoUsd").GetInt64()) / 1e9;
            Assert.Equal(cost, scrape.Sum("llmeter_cost_usd_total", ("tenant", tenant)), 1e-9);
            Assert.Equal(cost, scrape.Sum("llmeter_billed_usd_total", ("tenant", tenant)), 1e-9);
            Assert.Equal(cost, scrape.Sum("llmeter_budget_spent_usd", ("tenant", tenant)), 1e-9);
            Assert.Equal(records.Sum(r => r.GetProperty("usage").GetProperty("inputTokens").GetInt64()), scrape.Sum("llmeter_tokens_total", ("tenant", tenant), ("type", "input")));
            Assert.Equal(records.Sum(r => r.GetProperty("usage").GetProperty("outputTokens").GetInt64()), scrape.Sum("llmeter_tokens_total", ("tenant", tenant), ("type", "output")));
            Assert.Equal(4, scrape.Sum("llmeter_requests_total", ("tenant", tenant)));
        }
    }

    [Fact]
    [Trait("Acceptance", "A86,A87")]
    public async Task A_budget_has_its_gauges_before_any_traffic()
    {
        var (tenant, _) = await fixture.NewTenantAsync("12.5");
        await fixture.Node.SetBudgetAsync(tenant, "ever", new { window = "total", limitUsd = "3" });
        var scrape = await Scrape.OfAsync(fixture.Node);
        Assert.Equal(12.5, scrape.Of("llmeter_budget_limit_usd", ("tenant", tenant), ("budget", "main"), ("window", "month")).Single().Value);
        Assert.Equal(0, scrape.Of("llmeter_budget_spent_usd", ("tenant", tenant), ("budget", "main")).Single().Value);
        Assert.Equal(0, scrape.Of("llmeter_budget_held_usd", ("tenant", tenant), ("budget", "main")).Single().Value);
        var resets = (await fixture.Node.BudgetAsync(tenant, "main")).GetProperty("resetsAt").GetDateTimeOffset();
        Assert.Equal(resets.ToUnixTimeSeconds(), scrape.Of("llmeter_budget_reset_timestamp_seconds", ("tenant", tenant), ("budget", "main")).Single().Value);
        Assert.Equal(3, scrape.Sum("llmeter_budget_limit_usd", ("tenant", tenant), ("window", "total")));
        Assert.Empty(scrape.Of("llmeter_budget_reset_timestamp_seconds", ("tenant", tenant), ("window", "total")));
        Assert.All(scrape.Series, s => Assert.True(double.IsFinite(s.Value), s.Name));
    }

    [Fact]
    [Trait("Acceptance", "A85,G45")]
    public async Task A_thousand_invented_models_are_one_series()
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync();
        var before = (await Scrape.OfAsync(fixture.Node)).Series.Count;
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        await Parallel.ForAsync(0, 1000, options, async (i, _) => await CallAsync(Calls.Post(Api.OpenAi, key, Calls.Body(Api.OpenAi, $"invented-{i}"))));
        var scrape = await Scrape.OfAsync(fixture.Node);
        Assert.InRange(scrape.Series.Count - before, 1, 40);
        var series = Assert.Single(scrape.Of("llmeter_requests_total", ("tenant", tenant)));
        Assert.Equal("other", series.Labels["model"]);
        Assert.Equal(1000, series.Value);
        Assert.DoesNotContain(scrape.Series, s => s.Labels.Values.Any(v => v.StartsWith("invented-", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Acceptance", "T126")]
    public async Task Metrics_need_a_token_and_name_no_key()
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(fixture.Node.ControlUrl) };
        using var refused = await stranger.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var (_, key) = await fixture.NewTenantAsync();
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var tenants = await stranger.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.Unauthorized, tenants.StatusCode);
    }

    [Fact]
    public async Task A_token_for_metrics_opens_metrics_alone()
    {
        const string Token = "metrics-token-for-tests-0123456789abcdef";
        await using var node = await TestNode.StartAsync(new TestNodeOptions { Settings = new Dictionary<string, string> { ["LLMeter:Metrics:Token"] = Token } });
        using var scraper = new HttpClient { BaseAddress = new Uri(node.ControlUrl) };
        scraper.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var metrics = await scraper.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        using var admin = await scraper.GetAsync("/api/v1/tenants");
        Assert.Equal(HttpStatusCode.Unauthorized, admin.StatusCode);
    }

    [Fact]
    public async Task Another_node_in_the_process_neither_adds_series_nor_takes_them_away()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        await CallAsync(Calls.Post(Api.OpenAi, key));
        await using (var other = await TestNode.StartAsync())
        {
            Assert.Equal(0, (await Scrape.OfAsync(other)).Sum("llmeter_requests_total", ("tenant", tenant)));
        }

        await CallAsync(Calls.Post(Api.OpenAi, key));
        Assert.Equal(2, (await Scrape.OfAsync(fixture.Node)).Sum("llmeter_requests_total", ("tenant", tenant)));
    }

    private static void AssertLabels(Scrape scrape, string name, string type, params string[] labels)
    {
        Assert.Equal(type, scrape.Types.GetValueOrDefault(name) ?? scrape.Types[name.Replace("_total", "", StringComparison.Ordinal)]);
        Assert.NotEmpty(scrape.Of(name));
        Assert.All(scrape.Of(name), s => Assert.Equal(labels.Order(StringComparer.Ordinal), s.Labels.Keys.Order(StringComparer.Ordinal)));
    }

    private async Task CallAsync(HttpRequestMessage request)
    {
        using var answer = await fixture.Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
