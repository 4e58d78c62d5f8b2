using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Metrics;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.FunctionalTests.Caps;

/// <summary>Budgets over each other, their modes and windows, through the real path.</summary>
public sealed class LevelTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    private static readonly Scenario _dear = new() { OutputTokens = 10_000 };

    [Fact]
    [Trait("Acceptance", "A11")]
    public async Task The_narrowest_level_refuses_and_then_no_level_holds_anything()
    {
        var (tenant, free) = await fixture.NewTenantAsync();
        var (id, narrow) = await fixture.Node.IssueKeyWithIdAsync(tenant);
        await fixture.Node.SetBudgetAsync(tenant, "narrow", new { scope = "key", scopeId = id, window = "day", limitUsd = "0.000001" });
        await using var global = await GlobalBudget.SetAsync(fixture, new { window = "month", limitUsd = "100" });
        var refusal = await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, narrow), 400, "request_exceeds_budget", tenant);
        Assert.Contains("'narrow'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("0", (await global.ReadAsync()).GetProperty("heldUsd").GetString());
        using var other = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, free));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    [Trait("Acceptance", "A11")]
    public async Task One_call_is_spend_at_every_level_at_once()
    {
        await using var global = await GlobalBudget.SetAsync(fixture, new { window = "month", limitUsd = "100" });
        var before = Money(await global.ReadAsync(), "spentUsd");
        var (tenant, _) = await fixture.NewTenantAsync();
        var (id, key) = await fixture.Node.IssueKeyWithIdAsync(tenant);
        await fixture.Node.SetBudgetAsync(tenant, "of-key", new { scope = "key", scopeId = id, window = "total", limitUsd = "10" });
        await fixture.Node.SetBudgetAsync(tenant, "of-tag", new { scope = "tag", scopeId = "team=red", window = "week", limitUsd = "10" });
        await fixture.Node.SetBudgetAsync(tenant, "of-other-tag", new { scope = "tag", scopeId = "team=blue", window = "week", limitUsd = "10" });
        var request = Calls.Post(Api.OpenAi, key);
        request.Headers.TryAddWithoutValidation("x-llmeter-tags", "team=red");
        using var answer = await fixture.Http.SendAsync(request);
        var cost = decimal.Parse((await fixture.Node.RecordOfAsync(answer)).GetProperty("costUsd").GetString()!, CultureInfo.InvariantCulture);
        Assert.True(cost > 0);
        foreach (var name in new[] { "main", "of-key", "of-tag" })
        {
            Assert.Equal(cost, Money(await fixture.Node.BudgetAsync(tenant, name), "spentUsd"));
        }

        Assert.Equal(0m, Money(await fixture.Node.BudgetAsync(tenant, "of-other-tag"), "spentUsd"));
        Assert.Equal(cost, Money(await global.ReadAsync(), "spentUsd") - before);
    }

    [Fact]
    public async Task A_budget_for_models_binds_these_and_their_snapshots_alone()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        await fixture.Node.SetBudgetAsync(tenant, "mini", new { window = "month", limitUsd = "0", models = new[] { "gpt-4o-mini" } });
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 400, "request_exceeds_budget", tenant);
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key, Calls.Body(Api.OpenAi, "gpt-4o-mini-2024-07-18")), 400, "request_exceeds_budget", tenant);
        using var other = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key, Calls.Body(Api.OpenAi, "gpt-4o")));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal("0", (await fixture.Node.BudgetAsync(tenant, "mini")).GetProperty("spentUsd").GetString());
    }

    [Fact]
    public async Task A_soft_budget_counts_and_never_refuses()
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "0.000001", mode = "soft" });
        for (var i = 0; i < 3; i++)
        {
            using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.True(Money(await fixture.Node.BudgetAsync(tenant, "main"), "spentUsd") > 0.000001m);
    }

    [Fact]
    public async Task A_shadow_budget_tells_what_it_would_have_refused()
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "0.000001", mode = "shadow" });
        using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var scrape = await Scrape.OfAsync(fixture.Node);
        Assert.Equal(1, scrape.Sum("llmeter_shadow_refusals_total", ("tenant", tenant), ("budget", "main")));
        Assert.Equal(0, scrape.Sum("llmeter_admission_refusals_total", ("tenant", tenant)));
    }

    [Fact]
    public async Task A_total_budget_has_no_reset_and_a_days_budget_ends_at_the_tenants_midnight()
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "total", limitUsd = "0.002" });
        using (await SpendAsync(key))
        {
            var refusal = await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 402, "project_spend_limit_exceeded", tenant, records: 1);
            Assert.Null(refusal.Header("x-llmeter-resets-at"));
        }

        var abroad = $"tz{Guid.NewGuid():N}"[..12];
        await fixture.Node.AddTenantAsync(abroad, new { timeZone = "Asia/Kathmandu" });
        await fixture.Node.SetBudgetAsync(abroad, "main", new { window = "day", limitUsd = "0.002" });
        var abroadKey = await fixture.Node.IssueKeyAsync(abroad);
        using (await SpendAsync(abroadKey))
        {
            var refusal = await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, abroadKey), 402, "project_spend_limit_exceeded", abroad, records: 1);
            var resets = DateTimeOffset.Parse(refusal.Header("x-llmeter-resets-at")!, CultureInfo.InvariantCulture);
            Assert.Equal(new TimeSpan(18, 15, 0), resets.UtcDateTime.TimeOfDay);
            Assert.InRange(resets, DateTimeOffset.UtcNow.AddSeconds(-5), DateTimeOffset.UtcNow.AddHours(24));
        }
    }

    [Fact]
    [Trait("Acceptance", "A65")]
    public async Task Raising_a_cap_lets_the_next_call_through_and_lowering_it_stops_the_one_after()
    {
        var (tenant, key) = await fixture.NewTenantAsync("0.002");
        using var spent = await SpendAsync(key);
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 402, "project_spend_limit_exceeded", tenant, records: 1);
        await fixture.Node.SetBudgetAsync(tenant, "main", new { window = "month", limitUsd = "1" });
        using var raised = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, raised.StatusCode);
        await fixture.Node.SetBudgetAsync(tenant, "main", new { window = "month", limitUsd = "0.003" });
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 402, "project_spend_limit_exceeded", tenant, records: 2);
        (await fixture.Node.Admin.DeleteAsync($"/api/v1/tenants/{tenant}/budgets/main")).EnsureSuccessStatusCode();
        using var uncapped = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, uncapped.StatusCode);
    }

    [Fact]
    [Trait("Acceptance", "A9")]
    [Trait("Acceptance", "T69")]
    public async Task Spend_past_a_hard_cap_is_recorded_in_full_and_counted_as_overshoot()
    {
        var (tenant, key) = await fixture.NewTenantAsync("0.002");
        using var answer = await SpendAsync(key);
        var record = await fixture.Node.RecordOfAsync(answer);
        Assert.Contains(record.GetProperty("flags").EnumerateArray(), f => f.GetString() == "above_hold");
        var spent = Money(await fixture.Node.BudgetAsync(tenant, "main"), "spentUsd");
        Assert.Equal(record.GetProperty("costUsd").GetString(), spent.ToString(CultureInfo.InvariantCulture));
        var overshoot = (await Scrape.OfAsync(fixture.Node)).Sum("llmeter_cap_overshoot_usd_total", ("tenant", tenant));
        Assert.Equal((double)(spent - 0.002m), overshoot, 1e-12);
    }

    [Fact]
    [Trait("Acceptance", "A48,A94,A16")]
    public async Task Over_cap_free_routes_and_own_usage_work_and_all_sources_name_one_figure()
    {
        var (tenant, key) = await fixture.NewTenantAsync("0.002");
        using var spent = await SpendAsync(key);
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 402, "project_spend_limit_exceeded", tenant, records: 1);
        using var models = await fixture.Http.SendAsync(Calls.WithKey(new HttpRequestMessage(HttpMethod.Get, "/openai/v1/models"), Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, models.StatusCode);
        Assert.Equal("free", (await fixture.Node.RecordOfAsync(models)).GetProperty("source").GetString());
        using var count = await fixture.Http.SendAsync(Calls.Post(Api.Anthropic, key, Calls.Body(Api.Anthropic).Replace("\"max_tokens\":16,", "", StringComparison.Ordinal), "/anthropic/v1/messages/count_tokens"));
        Assert.Equal(HttpStatusCode.OK, count.StatusCode);

        using var me = await fixture.Http.SendAsync(Calls.WithKey(new HttpRequestMessage(HttpMethod.Get, "/llmeter/v1/me"), Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        var own = await me.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(tenant, own.GetProperty("tenant").GetString());
        var mine = own.GetProperty("budgets").EnumerateArray().Single();
        var admins = await fixture.Node.BudgetAsync(tenant, "main");
        foreach (var name in new[] { "name", "window", "mode", "limitUsd", "spentUsd", "heldUsd", "remainingUsd" })
        {
            Assert.Equal(admins.GetProperty(name).GetString(), mine.GetProperty(name).GetString());
        }

        Assert.Equal(admins.GetProperty("resetsAt").GetDateTimeOffset(), mine.GetProperty("resetsAt").GetDateTimeOffset());
        var scrape = await Scrape.OfAsync(fixture.Node);
        Assert.Equal((double)Money(admins, "spentUsd"), scrape.Sum("llmeter_budget_spent_usd", ("tenant", tenant), ("budget", "main")), 1e-12);
        Assert.Equal((double)Money(admins, "spentUsd"), scrape.Sum("llmeter_cost_usd_total", ("tenant", tenant)), 1e-12);
        Assert.Equal(admins.GetProperty("resetsAt").GetDateTimeOffset().ToUnixTimeSeconds(), scrape.Sum("llmeter_budget_reset_timestamp_seconds", ("tenant", tenant)));
        Assert.Equal(0, scrape.Sum("llmeter_budget_held_usd", ("tenant", tenant)));
    }

    [Fact]
    [Trait("Acceptance", "A70")]
    public async Task Own_usage_tells_nothing_of_other_tenants_and_other_keys()
    {
        await using var global = await GlobalBudget.SetAsync(fixture, new { window = "month", limitUsd = "77" });
        var (tenant, key) = await fixture.NewTenantAsync();
        var (otherId, _) = await fixture.Node.IssueKeyWithIdAsync(tenant);
        await fixture.Node.SetBudgetAsync(tenant, "of-another-key", new { scope = "key", scopeId = otherId, window = "day", limitUsd = "3" });
        await fixture.Node.SetBudgetAsync(tenant, "for-a-model", new { models = new[] { "gpt-4o" }, window = "day", limitUsd = "4" });
        using var me = await fixture.Http.SendAsync(Calls.WithKey(new HttpRequestMessage(HttpMethod.Get, "/llmeter/v1/me"), Api.OpenAi, key));
        var budgets = (await me.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("budgets").EnumerateArray().Select(b => b.GetProperty("name").GetString()).Order();
        Assert.Equal(["for-a-model", "main"], budgets);
        using var stranger = await fixture.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/llmeter/v1/me"));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    private static decimal Money(JsonElement budget, string name) => decimal.Parse(budget.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    /// <summary>A call of 0.006 USD and its input.</summary>
    private async Task<HttpResponseMessage> SpendAsync(string key)
    {
        fixture.Node.Simulator.Script(_dear);
        var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await fixture.Node.RecordOfAsync(answer);
        return answer;
    }
}
