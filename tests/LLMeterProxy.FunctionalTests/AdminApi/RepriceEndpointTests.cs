using System.Text;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.FunctionalTests.AdminApi;

public sealed class RepriceEndpointTests
{
    private const string Path = "/api/v1/prices/reprice";
    private const string Day = "\"from\":\"2026-11-24T00:00:00Z\",\"to\":\"2026-11-25T00:00:00Z\"";

    private static readonly DateTimeOffset _noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("{}", "from", "to")]
    [InlineData("""{"from":"2026-11-24","to":"yesterday"}""", "to")]
    [InlineData("""{"from":"2026-11-24","to":"2026-11-24"}""", "to")]
    [InlineData("""{"from":"2026-11-24","to":"2026-11-25","dryrun":true}""", "dryrun")]
    [InlineData("""{"from":"2026-11-24","to":"2026-11-25","dryRun":"yes"}""", "dryRun")]
    public async Task What_is_missing_or_misspelt_is_named(string body, params string[] fields)
    {
        await using var server = await AdminServer.StartAsync();
        var answer = await server.SendAsync("POST", Path, body);
        Assert.Equal((400, "validation_failed"), (answer.Status, (string?)answer["code"]));
        Assert.Equal(fields, answer.ErrorFields);
    }

    [Fact]
    public async Task An_unknown_tenant_is_told_from_one_without_records()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        Assert.Equal(404, (await server.SendAsync("POST", Path, $$"""{{{Day}},"tenant":"nobody"}""")).Status);
        var answer = await server.SendAsync("POST", Path, $$"""{{{Day}},"tenant":"acme"}""");
        Assert.Equal((200, 0L), (answer.Status, (long)answer["total"]["records"]!));
    }

    // Midnight in Berlin: the tenant's day, as in questions about usage.
    [Fact]
    public async Task Dates_are_days_of_the_tenants_zone()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme", "Europe/Berlin");
        var answer = await server.SendAsync("POST", Path, """{"from":"2026-11-24","to":"2026-11-25","tenant":"acme","dryRun":true}""");
        Assert.Equal("2026-11-23T23:00:00+00:00", (string?)answer["from"]);
    }

    [Fact]
    public async Task A_second_run_beside_the_first_is_refused_but_a_dry_one_is_not()
    {
        await using var server = await AdminServer.StartAsync();
        Fill(server, calls: 1);
        using var reached = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        server.Journal.BeforeRecord = () =>
        {
            reached.Release();
            goOn.Wait();
        };
        var first = server.SendAsync("POST", Path, $$"""{{{Day}}}""");
        await reached.WaitAsync();

        var second = await server.SendAsync("POST", Path, $$"""{{{Day}}}""");
        var dry = await server.SendAsync("POST", Path, $$"""{{{Day}},"dryRun":true}""");
        goOn.Release();

        Assert.Equal((409, "reprice_running"), (second.Status, (string?)second["code"]));
        Assert.Equal(200, dry.Status);
        Assert.Equal(200, (await first).Status);
        Assert.Equal(0, (long)(await server.SendAsync("POST", Path, $$"""{{{Day}}}"""))["total"]["changed"]!);
    }

    [Fact]
    [Trait("Acceptance", "A59")]
    public async Task A_run_that_fails_half_way_is_finished_by_the_next()
    {
        await using var server = await AdminServer.StartAsync();
        Fill(server, calls: 5);
        var taken = 0;
        server.Journal.BeforeRecord = () => _ = ++taken > 2 ? throw new JournalUnavailableException("The journal's disk is full.") : taken;

        var failed = await server.SendAsync("POST", Path, $$"""{{{Day}}}""");
        server.Journal.BeforeRecord = null;
        var next = await server.SendAsync("POST", Path, $$"""{{{Day}}}""");

        Assert.Equal((503, "journal_unavailable"), (failed.Status, (string?)failed["code"]));
        Assert.Equal((5L, 3L), ((long)next["total"]["records"]!, (long)next["total"]["changed"]!));
        Assert.Equal(5, server.Ledger.Records.Select(record => record.Corrects).OfType<RequestId>().Distinct().Count());
    }

    // More records than a page has, many of one instant: corrections of the one page may be on the next.
    [Theory]
    [InlineData(2_500, 1)]
    [InlineData(2_500, 400)]
    [InlineData(1_000, 1_000)]
    public async Task Every_record_is_met_once_whatever_the_pages(int calls, int callsAnInstant)
    {
        await using var server = await AdminServer.StartAsync();
        Fill(server, calls, callsAnInstant);

        var first = await server.SendAsync("POST", Path, $$"""{{{Day}}}""");
        var again = await server.SendAsync("POST", Path, $$"""{{{Day}}}""");

        Assert.Equal(((long)calls, (long)calls), ((long)first["total"]["records"]!, (long)first["total"]["changed"]!));
        Assert.Equal(((long)calls, 0L), ((long)again["total"]["records"]!, (long)again["total"]["changed"]!));
        Assert.Equal(2 * calls, server.Ledger.Records.Count);
    }

    /// <summary>Calls of 1,000 input tokens at 2 USD, and a book by which they cost 3 USD.</summary>
    private static void Fill(AdminServer server, int calls, int callsAnInstant = 1)
    {
        server.Ledger.Records.AddRange(Enumerable.Range(0, calls).Select(i => new UsageRecord
        {
            AttemptId = RequestIdGenerator.At(_noon.AddMilliseconds(i / callsAnInstant)).Attempt(1),
            Tenant = "acme",
            KeyId = "key_1",
            Provider = "list",
            Operation = "chat",
            ModelRequested = "alpha",
            Model = "alpha",
            Outcome = RequestOutcome.Completed,
            Source = UsageSource.Reported,
            Usage = new TokenUsage { InputTokens = 1_000, UncachedInputTokens = 1_000 },
            Lines = [new CostLine(UnitNames.InputToken, 1_000, 2_000_000_000, new NanoUsd(2_000_000))],
            Cost = new NanoUsd(2_000_000),
            Billed = new NanoUsd(2_000_000),
            PriceVersion = "before",
            Timings = new RequestTimings(_noon, 1, null, 2),
        }));
        server.Host.Current = PriceBookReader.Read(Encoding.UTF8.GetBytes("""
            {"form":1,"date":"2026-11-24","lists":{"list":{"models":{"alpha":{"prices":[
              {"effectiveFrom":"2020-01-01","source":"test","read":"2026-11-24","perMillionTokens":{"input_token":"3"}}]}}}}}
            """)).Book!;
    }
}
