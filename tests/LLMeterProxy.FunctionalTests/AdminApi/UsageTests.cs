using System.Text.Json.Nodes;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.FunctionalTests.AdminApi;

public sealed class UsageTests
{
    private static readonly DateTimeOffset _noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static UsageRecord Record(RequestId attempt, string tenant = "acme") => new()
    {
        AttemptId = attempt,
        Tenant = tenant,
        KeyId = "key_1",
        Provider = "openai",
        Operation = "chat",
        ModelRequested = "gpt-4o",
        ModelBilled = "gpt-4o-2024-08-06",
        Model = "gpt-4o",
        Stream = true,
        Status = 200,
        Outcome = RequestOutcome.Completed,
        Source = UsageSource.Reported,
        Usage = new TokenUsage { InputTokens = 10, UncachedInputTokens = 10, OutputTokens = 5, Units = [new UnitCount("web_search", 2)] },
        Lines = [new CostLine("input_token", 10, 2_500_000_000, new NanoUsd(25_000)), new CostLine("output_token", 5, 10_000_000_000, new NanoUsd(50_000))],
        Cost = new NanoUsd(75_000),
        Billed = new NanoUsd(75_000),
        PriceVersion = "v1",
        Tags = [new("team", "a"), new("team", "b")],
        Timings = new RequestTimings(attempt.OccurredAt, 100, 2_000, 9_000),
    };

    [Fact]
    public async Task A_record_has_the_shape_of_the_contract()
    {
        await using var server = await AdminServer.StartAsync();
        var call = RequestIdGenerator.At(_noon);
        server.Ledger.Records.Add(Record(call.Attempt(1)) with { Status = 0, Outcome = RequestOutcome.UpstreamError, Source = UsageSource.Unbilled, Cost = NanoUsd.Zero });
        server.Ledger.Records.Add(Record(call.Attempt(2)));
        var answer = await server.SendAsync("GET", $"/api/v1/usage/records/{call}");
        Assert.Equal(200, answer.Status);
        foreach (var name in "requestId,tenant,keyId,provider,operation,modelRequested,modelBilled,stream,status,source,usage,lines,costNanoUsd,costUsd,billedUsd,priceVersion,tags,endUser,timings,attempts,outcome,flags".Split(','))
        {
            Assert.True(answer.Body!.AsObject().ContainsKey(name), name);
        }

        Assert.Equal(call.ToString(), (string?)answer["requestId"]);
        Assert.Equal(call.Attempt(2).ToString(), (string?)answer["attemptId"]);
        Assert.Equal("completed", (string?)answer["outcome"]);
        Assert.Equal(75_000, (long)answer["costNanoUsd"]);
        Assert.Equal("0.000075", (string?)answer["costUsd"]);
        Assert.Equal(75_000, answer["lines"].AsArray().Sum(l => (long)l!["costNanoUsd"]!));
        Assert.Equal("""{"team":"b"}""", answer["tags"].ToJsonString());
        Assert.Equal("web_search", (string?)answer["usage"]["units"]![0]!["unit"]);
        Assert.Equal(["upstream_error", "completed"], answer["attempts"].AsArray().Select(a => (string?)a!["outcome"]));
        Assert.Null(answer["attempts"][0]!["status"]);
        Assert.Equal(answer.Body!.ToJsonString(), (await server.SendAsync("GET", $"/api/v1/usage/records/{call.Attempt(1)}")).Body!.ToJsonString());
    }

    [Fact]
    [Trait("Acceptance", "A56")]
    public async Task An_unpriced_record_has_no_cost_rather_than_zero()
    {
        await using var server = await AdminServer.StartAsync();
        var call = RequestIdGenerator.At(_noon);
        server.Ledger.Records.Add(Record(call.Attempt(1)) with { Cost = null, Billed = null, Lines = [], Flags = [UsageFlags.Unpriced] });
        var answer = await server.SendAsync("GET", $"/api/v1/usage/records/{call}");
        Assert.All(new[] { "costNanoUsd", "costUsd", "billedUsd" }, name => Assert.Null(answer.Body![name]));
        Assert.Equal("unpriced", (string?)answer["flags"][0]);
    }

    [Fact]
    public async Task A_correction_is_listed_and_leaves_the_record_as_it_was()
    {
        await using var server = await AdminServer.StartAsync();
        var call = RequestIdGenerator.At(_noon);
        server.Ledger.Records.Add(Record(call.Attempt(1)));
        server.Ledger.Records.Add(Record(RequestIdGenerator.At(_noon.AddHours(1))) with { Channel = UsageChannel.Adjustment, Corrects = call.Attempt(1), Cost = new NanoUsd(-5) });
        var answer = await server.SendAsync("GET", $"/api/v1/usage/records/{call}");
        Assert.Equal(75_000, (long)answer["costNanoUsd"]);
        Assert.Single(answer["attempts"].AsArray());
        Assert.Equal(-5, (long)answer["corrections"][0]!["costNanoUsd"]!);
    }

    [Fact]
    public async Task A_record_still_on_its_way_from_the_journal_is_found()
    {
        await using var server = await AdminServer.StartAsync();
        var call = RequestIdGenerator.At(_noon);
        server.Ledger.Pending.Add(Record(call.Attempt(1)));
        Assert.Equal(200, (await server.SendAsync("GET", $"/api/v1/usage/records/{call}")).Status);
    }

    [Fact]
    public async Task The_list_pages_newest_first_and_shows_every_attempt_at_the_edge_of_a_page()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        var old = RequestIdGenerator.At(_noon);
        var young = RequestIdGenerator.At(_noon.AddSeconds(1));
        server.Ledger.Records.AddRange([Record(old.Attempt(1)), Record(old.Attempt(2)), Record(young.Attempt(1)), Record(RequestIdGenerator.At(_noon.AddSeconds(2)).Attempt(1), "other")]);
        var first = await server.SendAsync("GET", "/api/v1/usage/records?tenant=acme&limit=2");
        Assert.Equal([young.Attempt(1).ToString(), old.Attempt(2).ToString()], first["rows"].AsArray().Select(r => (string?)r!["attemptId"]));
        Assert.Equal(2, first["rows"][1]!["attempts"]!.AsArray().Count);
        var second = await server.SendAsync("GET", $"/api/v1/usage/records?tenant=acme&limit=2&cursor={first["next"]}");
        Assert.Equal([old.Attempt(1).ToString()], second["rows"].AsArray().Select(r => (string?)r!["attemptId"]));
        Assert.Null(second.Body!["next"]);
        Assert.Equal(["limit"], (await server.SendAsync("GET", "/api/v1/usage/records?limit=1e9")).ErrorFields);
    }

    [Fact]
    public async Task Usage_rows_name_what_they_were_grouped_by()
    {
        await using var server = await AdminServer.StartAsync();
        server.Ledger.Rows.Add(new UsageRow { Group = ["2026-11-24", "gpt-4o"], Requests = 3, InputTokens = 30, OutputTokens = 9, Cost = new NanoUsd(1), Billed = new NanoUsd(2_000_000_000) });
        var answer = await server.SendAsync("GET", "/api/v1/usage?groupBy=day,model");
        var row = answer["rows"][0]!.AsObject();
        Assert.Equal("2026-11-24", (string?)row["day"]);
        Assert.Equal("gpt-4o", (string?)row["model"]);
        Assert.False(row.ContainsKey("tenant"));
        Assert.Equal(3, (long)row["requests"]!);
        Assert.Equal("0.000000001", (string?)row["costUsd"]);
        Assert.Equal("2", (string?)row["billedUsd"]);
        Assert.True(answer.Body!.AsObject().ContainsKey("next"));
        Assert.Equal([UsageGroup.Day, UsageGroup.Model], server.Ledger.LastUsageQuery!.GroupBy);
    }

    [Theory]
    [InlineData("", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "UTC")]
    [InlineData("tenant=acme", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z", "Europe/Berlin")]
    [InlineData("tenant=acme&timeZone=Asia/Kolkata", "2026-10-31T18:30:00Z", "2026-11-30T18:30:00Z", "Asia/Kolkata")]
    [InlineData("from=2026-03-29&to=2026-03-30&timeZone=Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "Europe/Berlin")]
    [InlineData("from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00%2B02:00", "2026-11-01T00:00:00Z", "2026-11-01T22:00:00Z", "UTC")]
    [InlineData("from=2026-11-01T06:00:00&timeZone=America/New_York", "2026-11-01T11:00:00Z", "2026-12-01T05:00:00Z", "America/New_York")]
    [InlineData("from=2011-12-30&to=2012-01-01&timeZone=Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z", "Pacific/Apia")]
    public async Task The_period_is_the_current_month_of_the_zone_unless_it_is_said(string query, string from, string to, string zone)
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme", "Europe/Berlin");
        Assert.Equal(200, (await server.SendAsync("GET", $"/api/v1/usage?{query}")).Status);
        var asked = server.Ledger.LastUsageQuery!;
        Assert.Equal(DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), asked.From);
        Assert.Equal(DateTimeOffset.Parse(to, System.Globalization.CultureInfo.InvariantCulture), asked.To);
        Assert.Equal(zone, asked.TimeZone);
    }

    [Fact]
    public async Task A_zone_that_is_still_to_come_does_not_draw_this_month()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme", "Europe/Berlin");
        await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"timeZone":"Asia/Kolkata"}""");
        await server.SendAsync("GET", "/api/v1/usage?tenant=acme");
        Assert.Equal("Europe/Berlin", server.Ledger.LastUsageQuery!.TimeZone);
    }

    [Theory]
    [Trait("Acceptance", "T97")]
    [InlineData("groupBy=colour", "groupBy")]
    [InlineData("groupBy=day,,model", "groupBy")]
    [InlineData("groupBy=day,day", "groupBy")]
    [InlineData("timeZone=Mars", "timeZone")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-13-01", "from")]
    [InlineData("from=-0044-03-15", "from")]
    [InlineData("from=1969-12-31", "from")]
    [InlineData("to=9999-12-31T23:59:59-12:00", "to")]
    [InlineData("from=2026-11-02&to=2026-11-02", "to")]
    [InlineData("limit=1e9", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("group_by=day", "group_by")]
    [InlineData("from=2026-11-01&from=2026-11-02", "from")]
    public async Task A_question_that_is_not_understood_is_refused(string query, string field)
    {
        await using var server = await AdminServer.StartAsync();
        var answer = await server.SendAsync("GET", $"/api/v1/usage?{query}");
        Assert.Equal(400, answer.Status);
        Assert.Equal([field], answer.ErrorFields);
    }

    [Theory]
    [Trait("Acceptance", "T97")]
    [InlineData("/api/v1/usage?groupBy=tag,model&cursor=x")]
    [InlineData("/api/v1/usage/records?cursor=x")]
    public async Task A_question_that_the_ledger_refuses_is_a_400_that_names_the_field(string path)
    {
        await using var server = await AdminServer.StartAsync();
        server.Ledger.Refuses = new RefusedQueryException("cursor", "is not of this question");
        var answer = await server.SendAsync("GET", path);
        Assert.Equal((400, "validation_failed"), (answer.Status, answer.Code));
        Assert.Equal(["cursor"], answer.ErrorFields);
    }

    [Fact]
    public async Task Prices_and_audit_are_paged()
    {
        await using var server = await AdminServer.StartAsync();
        foreach (var id in new[] { "gpt-4o", "gpt-4o-mini", "o3" })
        {
            server.Host.Priced.Add(new PricedModel
            {
                Id = id,
                Provider = "openai",
                RateCards = [new RateCard { EffectiveFrom = _noon, Rates = new Dictionary<string, decimal> { ["input_token"] = 2_500_000_000m } }],
            });
        }

        var prices = await server.SendAsync("GET", "/api/v1/prices?model=gpt&limit=1");
        Assert.Equal("2026-11-24.1", (string?)prices["version"]);
        Assert.Equal("2.5", (string?)prices["models"][0]!["rates"]![0]!["usdPerMillion"]!["input_token"]);
        var rest = await server.SendAsync("GET", $"/api/v1/prices?model=gpt&limit=1&cursor={prices["next"]}");
        Assert.Equal("gpt-4o-mini", (string?)rest["models"][0]!["model"]);
        Assert.Null(rest.Body!["next"]);

        await server.CreateTenantAsync("a");
        await server.CreateTenantAsync("b");
        var audit = await server.SendAsync("GET", "/api/v1/audit?limit=1");
        Assert.Equal("b", (string?)audit["rows"][0]!["subject"]);
        Assert.Equal("b", (string?)audit["rows"][0]!["after"]!["id"]);
        Assert.Equal("a", (string?)(await server.SendAsync("GET", $"/api/v1/audit?limit=1&cursor={audit["next"]}"))["rows"][0]!["subject"]);
        Assert.Equal(["cursor"], (await server.SendAsync("GET", "/api/v1/audit?cursor=x")).ErrorFields);
    }

    [Fact]
    public async Task The_openapi_document_can_generate_a_client()
    {
        await using var server = await AdminServer.StartAsync();
        var document = (await server.SendAsync("GET", "/openapi/v1.json")).Body!;
        var operations = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => (Path: p.Key, Operation: o.Value!))).ToList();
        Assert.True(operations.Count >= 25, $"only {operations.Count} operations");
        Assert.All(operations, o =>
        {
            Assert.NotNull(o.Operation["operationId"]);
            Assert.NotNull(o.Operation["summary"]);
            Assert.NotEmpty(o.Operation["tags"]!.AsArray());
            Assert.Equal(o.Path.StartsWith("/api/", StringComparison.Ordinal), o.Operation["security"] is JsonArray { Count: > 0 });
        });
        Assert.Equal(operations.Count, operations.Select(o => (string?)o.Operation["operationId"]).Distinct().Count());
        var budget = document["components"]!["schemas"]!["BudgetBody"]!["properties"]!;
        Assert.NotNull(budget["limitUsd"]);
        Assert.Equal("/api/v1/tenants/{tenant}/budgets/{name}", operations.Single(o => (string?)o.Operation["operationId"] == "putBudget").Path);
        Assert.Equal(
            "#/components/schemas/TenantBody",
            (string?)document["paths"]!["/api/v1/tenants"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]);
    }
}
