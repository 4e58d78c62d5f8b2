using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.FunctionalTests.AdminApi;

public sealed class BudgetTests
{
    private const string Path = "/api/v1/tenants/acme/budgets/main";

    private static async Task<AdminServer> StartWithTenantAsync()
    {
        var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        return server;
    }

    [Fact]
    public async Task A_new_budget_has_the_defaults_of_the_contract()
    {
        await using var server = await StartWithTenantAsync();
        var answer = await server.SendAsync("PUT", Path, """{"window":"month","limitUsd":"100"}""");
        Assert.Equal(201, answer.Status);
        Assert.Equal("tenant", (string?)answer["scope"]);
        Assert.Equal("acme", (string?)answer["scopeId"]);
        Assert.Equal("hard", (string?)answer["mode"]);
        Assert.False((bool)answer["strict"]);
        Assert.Equal("reject", (string?)answer["whenShort"]);
        Assert.Equal("none", (string?)answer["midStream"]);
        Assert.Equal("[50,80,95,100]", answer["thresholds"].ToJsonString());
        Assert.Equal("2026-11-01T00:00:00+00:00", (string?)answer["windowStart"]);
        Assert.Equal("2026-12-01T00:00:00+00:00", (string?)answer["resetsAt"]);
        Assert.Equal("\"1\"", answer.ETag);
    }

    [Theory]
    [Trait("Acceptance", "A18")]
    [InlineData("\"100\"", 100_000_000_000)]
    [InlineData("100", 100_000_000_000)]
    [InlineData("0", 0)]
    [InlineData("\"0.000000001\"", 1)]
    [InlineData("0.1", 100_000_000)]
    [InlineData("\"9007199\"", 9_007_199_000_000_000)]
    [InlineData("9007199.000000000", 9_007_199_000_000_000)]
    public async Task A_limit_is_read_to_the_nano_usd(string limit, long nano)
    {
        await using var server = await StartWithTenantAsync();
        Assert.Equal(201, (await server.SendAsync("PUT", Path, $$"""{"window":"month","limitUsd":{{limit}}}""")).Status);
        Assert.Equal(nano, server.Tenancy.Current.BudgetsOf("acme").Single().Limit.Value);
    }

    [Theory]
    [Trait("Acceptance", "A18")]
    [Trait("Acceptance", "T110")]
    [InlineData("-1")]
    [InlineData("\"-0.5\"")]
    [InlineData("1e3")]
    [InlineData("\"1e3\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("\"\"")]
    [InlineData("\" 5\"")]
    [InlineData("\"+5\"")]
    [InlineData("\"5.\"")]
    [InlineData("\".5\"")]
    [InlineData("\"1,000\"")]
    [InlineData("\"$5\"")]
    [InlineData("\"٣\"")]
    [InlineData("0.0000000001")]
    [InlineData("\"9007199.000000001\"")]
    [InlineData("9223372036854775807")]
    [InlineData("99999999999999999999999999999999999999")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1]")]
    public async Task A_limit_that_is_no_exact_amount_is_refused(string limit)
    {
        await using var server = await StartWithTenantAsync();
        var answer = await server.SendAsync("PUT", Path, $$"""{"window":"month","limitUsd":{{limit}}}""");
        Assert.Equal(400, answer.Status);
        Assert.Equal(["limitUsd"], answer.ErrorFields);
    }

    [Theory]
    [Trait("Acceptance", "T110")]
    [InlineData("\"9007199.000000001\"")]
    [InlineData("9007200")]
    public async Task A_limit_beyond_exact_counting_says_why(string limit)
    {
        await using var server = await StartWithTenantAsync();
        var answer = await server.SendAsync("PUT", Path, $$"""{"window":"month","limitUsd":{{limit}}}""");
        Assert.Equal(400, answer.Status);
        Assert.Contains("at most 9007199: above it, shared counters would no longer be exact", (string?)answer.Body!["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Acceptance", "G43")]
    [InlineData("""{"limitUsd":1}""", "window")]
    [InlineData("""{"window":"year","limitUsd":1}""", "window")]
    [InlineData("""{"window":"month"}""", "limitUsd")]
    [InlineData("""{"window":"month","limitUsd":1,"limit":1}""", "limit")]
    [InlineData("""{"window":"month","limitUsd":1,"limitUSD":1}""", "limitUSD")]
    [InlineData("""{"window":"day","limitUsd":1,"anchor":1}""", "anchor")]
    [InlineData("""{"window":"total","limitUsd":1,"anchor":1}""", "anchor")]
    [InlineData("""{"window":"week","limitUsd":1,"anchor":8}""", "anchor")]
    [InlineData("""{"window":"month","limitUsd":1,"anchor":32}""", "anchor")]
    [InlineData("""{"window":"month","limitUsd":1,"anchor":0}""", "anchor")]
    [InlineData("""{"window":"month","limitUsd":1,"mode":"block"}""", "mode")]
    [InlineData("""{"window":"month","limitUsd":1,"strict":"yes"}""", "strict")]
    [InlineData("""{"window":"month","limitUsd":1,"whenShort":"queue"}""", "whenShort")]
    [InlineData("""{"window":"month","limitUsd":1,"midStream":"stop"}""", "midStream")]
    [InlineData("""{"window":"month","limitUsd":1,"thresholds":[80,50]}""", "thresholds")]
    [InlineData("""{"window":"month","limitUsd":1,"thresholds":[50,50]}""", "thresholds")]
    [InlineData("""{"window":"month","limitUsd":1,"thresholds":[0]}""", "thresholds")]
    [InlineData("""{"window":"month","limitUsd":1,"thresholds":[1001]}""", "thresholds")]
    [InlineData("""{"window":"month","limitUsd":1,"thresholds":[50.5]}""", "thresholds")]
    [InlineData("""{"window":"month","limitUsd":1,"models":[]}""", "models")]
    [InlineData("""{"window":"month","limitUsd":1,"models":["a*b"]}""", "models")]
    [InlineData("""{"window":"month","limitUsd":1,"scope":"global"}""", "scope")]
    [InlineData("""{"window":"month","limitUsd":1,"scopeId":"other"}""", "scopeId")]
    [InlineData("""{"window":"month","limitUsd":1,"scope":"key"}""", "scopeId")]
    [InlineData("""{"window":"month","limitUsd":1,"scope":"key","scopeId":"key_9"}""", "scopeId")]
    [InlineData("""{"window":"month","limitUsd":1,"scope":"tag","scopeId":"team"}""", "scopeId")]
    [InlineData("""{"window":"month","limitUsd":1,"scope":"tag","scopeId":"=x"}""", "scopeId")]
    public async Task What_does_not_fit_is_refused_by_its_name(string json, string field)
    {
        await using var server = await StartWithTenantAsync();
        var answer = await server.SendAsync("PUT", Path, json);
        Assert.Equal(400, answer.Status);
        Assert.Equal([field], answer.ErrorFields);
        Assert.Empty(server.Tenancy.Current.BudgetsOf("acme"));
    }

    [Fact]
    [Trait("Acceptance", "T91")]
    public async Task A_key_of_another_tenant_looks_like_no_key()
    {
        await using var server = await StartWithTenantAsync();
        await server.CreateTenantAsync("other");
        var foreign = (string)(await server.SendAsync("POST", "/api/v1/tenants/other/keys", """{"name":"a"}"""))["id"]!;
        var own = (string)(await server.SendAsync("POST", "/api/v1/tenants/acme/keys", """{"name":"a"}"""))["id"]!;
        var refused = await server.SendAsync("PUT", Path, $$"""{"window":"month","limitUsd":1,"scope":"key","scopeId":"{{foreign}}"}""");
        var unknown = await server.SendAsync("PUT", Path, """{"window":"month","limitUsd":1,"scope":"key","scopeId":"key_none"}""");
        Assert.Equal(unknown.Body!.ToJsonString(), refused.Body!.ToJsonString());
        Assert.Equal(201, (await server.SendAsync("PUT", Path, $$"""{"window":"month","limitUsd":1,"scope":"key","scopeId":"{{own}}"}""")).Status);
    }

    [Fact]
    [Trait("Acceptance", "A16")]
    public async Task The_figures_are_those_of_the_enforcement()
    {
        await using var server = await StartWithTenantAsync();
        var id = (string)(await server.SendAsync("PUT", Path, """{"window":"month","limitUsd":"10"}"""))["id"]!;
        server.Budgets.ByBudgetId[id] = new BudgetBalance(NanoUsd.FromUsd(4.000000001m), NanoUsd.FromUsd(1.5m));
        var list = (await server.SendAsync("GET", "/api/v1/tenants/acme/budgets")).Body!.AsArray();
        var budget = Assert.Single(list)!;
        Assert.Equal("main", (string?)budget["name"]);
        Assert.Equal("4.000000001", (string?)budget["spentUsd"]);
        Assert.Equal("1.5", (string?)budget["heldUsd"]);
        Assert.Equal("4.499999999", (string?)budget["remainingUsd"]);
        Assert.Equal(new BudgetWindowKey("acme", id, "month:2026-11-01T00:00:00.0000000+00:00"), server.Budgets.LastRead);

        server.Budgets.ByBudgetId[id] = new BudgetBalance(NanoUsd.FromUsd(11), NanoUsd.Zero);
        var over = await server.SendAsync("GET", Path);
        Assert.Equal("11", (string?)over["spentUsd"]);
        Assert.Equal("0", (string?)over["remainingUsd"]);
    }

    [Theory]
    [Trait("Acceptance", "A63")]
    [InlineData("""{"window":"month","limitUsd":"20","mode":"soft","strict":true,"thresholds":[10]}""", true)]
    [InlineData("""{"window":"month","limitUsd":"10","anchor":1}""", true)]
    [InlineData("""{"window":"month","limitUsd":"10","anchor":2}""", false)]
    [InlineData("""{"window":"week","limitUsd":"10"}""", false)]
    [InlineData("""{"window":"month","limitUsd":"10","models":["gpt-*"]}""", false)]
    [InlineData("""{"window":"month","limitUsd":"10","scope":"tag","scopeId":"team=a"}""", false)]
    public async Task A_budget_that_counts_something_else_starts_a_new_counter(string replacement, bool sameCounter)
    {
        await using var server = await StartWithTenantAsync();
        var before = await server.SendAsync("PUT", Path, """{"window":"month","limitUsd":"10"}""");
        server.Time.Advance(TimeSpan.FromHours(1));
        var after = await server.SendAsync("PUT", Path, replacement);
        Assert.Equal(200, after.Status);
        Assert.Equal(sameCounter, (string?)before["id"] == (string?)after["id"]);
        Assert.Equal(sameCounter, (string?)before["createdAt"] == (string?)after["createdAt"]);
        Assert.Equal("\"2\"", after.ETag);
    }

    [Theory]
    [Trait("Acceptance", "T98")]
    [InlineData("\"1\"", 200)]
    [InlineData("\"5\"", 412)]
    public async Task If_match_is_honoured_when_it_is_sent(string ifMatch, int expected)
    {
        await using var server = await StartWithTenantAsync();
        Assert.Equal(412, (await server.SendAsync("PUT", Path, """{"window":"month","limitUsd":"1"}""", ifMatch)).Status);
        await server.SendAsync("PUT", Path, """{"window":"month","limitUsd":"1"}""");
        Assert.Equal(expected, (await server.SendAsync("PUT", Path, """{"window":"month","limitUsd":"2"}""", ifMatch)).Status);
        Assert.Equal(412, (await server.SendAsync("DELETE", Path, ifMatch: "\"9\"")).Status);
        Assert.Equal(204, (await server.SendAsync("DELETE", Path)).Status);
        Assert.Equal(404, (await server.SendAsync("GET", Path)).Status);
    }

    [Fact]
    public async Task Global_budgets_live_beside_the_tenants()
    {
        await using var server = await StartWithTenantAsync();
        var answer = await server.SendAsync("PUT", "/api/v1/budgets/all", """{"window":"total","limitUsd":"1000"}""");
        Assert.Equal(201, answer.Status);
        Assert.Equal("global", (string?)answer["scope"]);
        Assert.Null(answer.Body!["scopeId"]);
        Assert.Null(answer.Body!["resetsAt"]);
        Assert.Equal(answer["createdAt"].ToJsonString(), answer["windowStart"].ToJsonString());
        Assert.Equal(AppliedBudget.GlobalSlot, server.Budgets.LastRead!.Slot);
        Assert.Single((await server.SendAsync("GET", "/api/v1/budgets")).Body!.AsArray());
        Assert.Empty((await server.SendAsync("GET", "/api/v1/tenants/acme/budgets")).Body!.AsArray());
        Assert.Equal(["scope"], (await server.SendAsync("PUT", "/api/v1/budgets/all", """{"window":"day","limitUsd":1,"scope":"tenant"}""")).ErrorFields);
        Assert.Equal(["scopeId"], (await server.SendAsync("PUT", "/api/v1/budgets/all", """{"window":"day","limitUsd":1,"scopeId":"acme"}""")).ErrorFields);
        Assert.Equal(["name"], (await server.SendAsync("PUT", "/api/v1/budgets/All", """{"window":"day","limitUsd":1}""")).ErrorFields);
    }

    [Fact]
    [Trait("Acceptance", "A2")]
    public async Task A_new_tenant_gets_the_default_cap()
    {
        await using var server = await AdminServer.StartAsync(o => new AdminApiOptions
        {
            AdminToken = o.AdminToken,
            DefaultTenantCap = new DefaultTenantCap(BudgetWindow.Day, NanoUsd.FromUsd(5), BudgetMode.Soft),
        });
        await server.CreateTenantAsync("acme");
        var budget = Assert.Single((await server.SendAsync("GET", "/api/v1/tenants/acme/budgets")).Body!.AsArray())!;
        Assert.Equal("default", (string?)budget["name"]);
        Assert.Equal("day", (string?)budget["window"]);
        Assert.Equal("5", (string?)budget["limitUsd"]);
        Assert.Equal("soft", (string?)budget["mode"]);
        Assert.Equal("acme", (string?)budget["scopeId"]);
    }
}
