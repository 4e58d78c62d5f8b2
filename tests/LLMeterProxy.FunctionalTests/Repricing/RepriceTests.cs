using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.FunctionalTests.Passthrough;
using LLMeterProxy.Simulator.Scripting;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.FunctionalTests.Repricing;

/// <summary>Prices change in the operator's file, and what was charged until then is charged right: by adjustments, never by editing.</summary>
public sealed class RepriceTests
{
    // A call is 1,000 in and 100 out. At 2 and 8 USD it costs 0.0028 USD, at 3 and 8 USD 0.0038 USD.
    private const long Old = 2_800_000;
    private const long New = 3_800_000;

    [Fact]
    [Trait("Acceptance", "A59")]
    public async Task A_price_that_was_wrong_is_put_right_by_adjustments_and_only_once()
    {
        await using var node = await RepriceNode.StartAsync("2", "8");
        var (tenant, key) = await node.Node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        await node.CallAsync(key);
        await node.CallAsync(key);
        await node.ChangePricesAsync((RepriceNode.Model, "3", "8"));

        var dry = await node.RepriceAsync(dryRun: true);
        await node.RecordsAsync(tenant, calls: 2, adjustments: 0);
        var done = await node.RepriceAsync();
        Assert.Equal(dry.GetProperty("rows").ToString(), done.GetProperty("rows").ToString());
        var row = Assert.Single(done.GetProperty("rows").EnumerateArray());
        Assert.Equal((tenant, "openai", RepriceNode.Model), (Text(row, "tenant"), Text(row, "provider"), Text(row, "model")));
        Assert.Equal((2, 2, 0), (Number(row, "records"), Number(row, "changed"), Number(row, "kept")));
        Assert.Equal(("0.0056", "0.0076", "0.002"), (Text(row, "oldCostUsd"), Text(row, "newCostUsd"), Text(row, "differenceUsd")));

        var (calls, adjustments) = await node.RecordsAsync(tenant, calls: 2, adjustments: 2);
        Assert.All(calls, call => Assert.Equal(Old, Number(call, "costNanoUsd")));
        Assert.Equal(calls.Select(call => Text(call, "attemptId")).Order(), adjustments.Select(a => Text(a, "corrects")).Order());
        Assert.All(adjustments, adjustment =>
        {
            Assert.Equal(("reprice", New - Old), (Text(adjustment, "reason"), Number(adjustment, "costNanoUsd")));
            Assert.Equal(New - Old, adjustment.GetProperty("lines").EnumerateArray().Sum(line => Number(line, "costNanoUsd")));
            Assert.Equal(Text(calls[0], "priceVersion"), Text(adjustment, "previousPriceVersion"));
            Assert.Equal(Text(done, "priceVersion"), Text(adjustment, "priceVersion"));
        });
        await AssertSumAsync(node, tenant, calls: 2, adjustments: 2, nanoUsd: 2 * New);

        var again = await node.RepriceAsync();
        Assert.Equal((2, 0, "0.0076"), (Number(again.GetProperty("total"), "records"), Number(again.GetProperty("total"), "changed"), Text(again.GetProperty("total"), "oldCostUsd")));
        await AssertSumAsync(node, tenant, calls: 2, adjustments: 2, nanoUsd: 2 * New);

        var found = await node.Node.RecordAsync(Text(calls[0], "requestId"));
        Assert.Equal("reprice", Text(Assert.Single(found.GetProperty("corrections").EnumerateArray()), "reason"));

        // Counters after a start come from the ledger, those before it from the settlements: both have the adjustments.
        await node.Node.RestartAsync();
        await AssertSumAsync(node, tenant, calls: 2, adjustments: 2, nanoUsd: 2 * New);
        AssertChains(node, tenant);
    }

    [Fact]
    [Trait("Acceptance", "A59")]
    public async Task Prices_may_go_up_and_down_and_the_sum_follows()
    {
        await using var node = await RepriceNode.StartAsync("2", "8");
        var (tenant, key) = await node.Node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        await node.CallAsync(key);
        var written = 0;
        foreach (var (input, expected) in new[] { ("3", New), ("0.5", 1_300_000), ("2", Old), ("3", New) })
        {
            await node.ChangePricesAsync((RepriceNode.Model, input, "8"));
            await node.RepriceAsync();
            await node.RecordsAsync(tenant, calls: 1, adjustments: ++written);
            await AssertSumAsync(node, tenant, calls: 1, adjustments: written, nanoUsd: expected);
        }
    }

    [Fact]
    public async Task A_dearer_past_fills_a_cap_and_a_cheaper_one_makes_room()
    {
        await using var node = await RepriceNode.StartAsync("2", "8");
        var (tenant, key) = await node.Node.NewTenantAsync(new { window = "month", limitUsd = "0.1" });
        await node.CallAsync(key);
        await node.ChangePricesAsync((RepriceNode.Model, "200", "8"));
        await node.RepriceAsync();
        using (var client = node.Node.Client(key))
        {
            using var refused = await client.SendAsync(Refusals.Calls.Post(Refusals.Api.OpenAi, null));
            Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        }

        await node.ChangePricesAsync((RepriceNode.Model, "2", "8"));
        await node.RepriceAsync();
        await node.CallAsync(key);
        await AssertSumAsync(node, tenant, calls: 2, adjustments: 2, nanoUsd: 2 * Old);
    }

    [Fact]
    public async Task Only_the_named_tenant_is_repriced()
    {
        await using var node = await RepriceNode.StartAsync("2", "8");
        var (one, firstKey) = await node.Node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        var (other, secondKey) = await node.Node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        await node.CallAsync(firstKey);
        await node.CallAsync(secondKey);
        await node.ChangePricesAsync((RepriceNode.Model, "3", "8"));

        var done = await node.RepriceAsync(one);

        Assert.Equal(one, Text(Assert.Single(done.GetProperty("rows").EnumerateArray()), "tenant"));
        await AssertSumAsync(node, one, calls: 1, adjustments: 1, nanoUsd: New);
        await AssertSumAsync(node, other, calls: 1, adjustments: 0, nanoUsd: Old);
        using var unknown = await node.SendAsync("nobody");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    [Trait("Acceptance", "A57,A59")]
    public async Task A_model_that_had_no_price_gets_its_whole_cost()
    {
        await using var node = await RepriceNode.StartAsync("2", "8");
        var (tenant, key) = await node.Node.NewTenantAsync(new { window = "month", limitUsd = "1", mode = "soft" });
        await node.CallAsync(key, RepriceNode.UnknownModel);
        Assert.Equal(1, Number(await SettledUsageAsync(node, tenant, 1), "unpricedRequests"));

        // Not by a book that does not know it either.
        var nothing = await node.RepriceAsync();
        Assert.Equal((1, 0, 1, 1), Figures(nothing.GetProperty("total")));
        await node.ChangePricesAsync((RepriceNode.UnknownModel, "2", "8"));
        var done = await node.RepriceAsync();

        Assert.Equal((1, 1, 1, 0), Figures(done.GetProperty("total")));
        Assert.Equal("0.0028", Text(done.GetProperty("total"), "differenceUsd"));
        var usage = await SettledUsageAsync(node, tenant, 2);
        Assert.Equal((1, 0, Old), (Number(usage, "requests"), Number(usage, "unpricedRequests"), Number(usage, "costNanoUsd")));
        var (_, adjustments) = await node.RecordsAsync(tenant, calls: 1, adjustments: 1);
        Assert.Contains("priced_later", adjustments[0].GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));

        static (long, long, long, long) Figures(JsonElement row) =>
            (Number(row, "records"), Number(row, "changed"), Number(row, "unpricedBefore"), Number(row, "unpricedAfter"));
    }

    [Fact]
    public async Task What_is_free_or_unbilled_has_no_price_to_change()
    {
        await using var node = await RepriceNode.StartAsync("2", "8");
        var (tenant, key) = await node.Node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        await node.CallAsync(key);
        await node.CallAsync(key, scenario: new Scenario { Status = 400 });
        using (var client = node.Node.Client(key))
        {
            using var models = await client.GetAsync("/openai/v1/models");
            await models.Content.ReadAsByteArrayAsync();
        }

        await node.RecordsAsync(tenant, calls: 3, adjustments: 0);

        await node.ChangePricesAsync((RepriceNode.Model, "3", "8"));
        var done = await node.RepriceAsync();

        Assert.Equal((1, 1), (Number(done.GetProperty("total"), "records"), Number(done.GetProperty("total"), "changed")));
        await AssertSumAsync(node, tenant, calls: 2, adjustments: 1, nanoUsd: New, inputTokens: 1_000);
    }

    // I18 on what a node writes: nothing of it changes under the book that priced it.
    [Fact]
    [Trait("Acceptance", "I18")]
    public async Task The_same_book_changes_nothing_of_what_it_priced()
    {
        await using var node = await RepriceNode.StartAsync("2", "8");
        var (tenant, key) = await node.Node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        await node.CallAsync(key);
        await node.CallAsync(key, scenario: new Scenario { CachedTokens = 300, ReasoningTokens = 40, Tier = "flex" });
        await node.CallAsync(key, scenario: new Scenario { NoUsage = true });
        await node.CallAsync(key, scenario: new Scenario { CutAtByte = 120 });
        await node.RecordsAsync(tenant, calls: 4, adjustments: 0);

        var done = await node.RepriceAsync();

        Assert.Equal((4, 0, "0"), (Number(done.GetProperty("total"), "records"), Number(done.GetProperty("total"), "changed"), Text(done.GetProperty("total"), "differenceUsd")));
    }

    [Fact]
    public async Task Each_run_that_writes_is_on_the_audit_trail()
    {
        await using var node = await RepriceNode.StartAsync("2", "8");
        var (_, key) = await node.Node.NewTenantAsync();
        await node.CallAsync(key);
        await node.ChangePricesAsync((RepriceNode.Model, "3", "8"));
        await node.RepriceAsync(dryRun: true);
        await node.RepriceAsync();

        var trail = (await node.Node.Admin.GetFromJsonAsync<JsonElement>("/api/v1/audit")).GetProperty("rows").EnumerateArray()
            .Where(row => Text(row, "action").StartsWith("prices.", StringComparison.Ordinal)).ToList();

        Assert.Equal(["prices.repriced", "prices.reprice"], trail.Select(row => Text(row, "action")));
        Assert.Equal("0.001", Text(trail[0].GetProperty("after").GetProperty("total"), "differenceUsd"));
    }

    /// <param name="calls">Those that are counted as requests.</param>
    /// <param name="inputTokens">Absent: 1,000 a call.</param>
    private static async Task AssertSumAsync(RepriceNode node, string tenant, int calls, int adjustments, long nanoUsd, long? inputTokens = null)
    {
        var usage = await SettledUsageAsync(node, tenant, calls + adjustments);
        Assert.Equal((calls, inputTokens ?? calls * 1_000, nanoUsd, nanoUsd), (Number(usage, "requests"), Number(usage, "inputTokens"), Number(usage, "costNanoUsd"), Number(usage, "billedNanoUsd")));
        await Ledgers.AssertSettledAsync(node.Node, tenant);
        Assert.Equal(nanoUsd / 1_000_000_000m, decimal.Parse(Text(await node.Node.BudgetAsync(tenant, "main"), "spentUsd"), CultureInfo.InvariantCulture));
    }

    private static async Task<JsonElement> SettledUsageAsync(RepriceNode node, string tenant, int records)
    {
        await node.Node.RecordsAsync(tenant, records);
        return await node.UsageAsync(tenant);
    }

    /// <summary>The tenant's payloads, by the sequence that they state, each naming the hash of the one before.</summary>
    private static void AssertChains(RepriceNode node, string tenant)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(node.Node.DataDirectory, "ledger.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT payload FROM records WHERE tenant = $tenant";
        command.Parameters.AddWithValue("$tenant", tenant);
        using var reader = command.ExecuteReader();
        var payloads = new List<byte[]>();
        while (reader.Read())
        {
            payloads.Add(reader.GetFieldValue<byte[]>(0));
        }

        foreach (var chain in payloads.Select(payload => (Payload: payload, Record: UsageRecordCodec.Decode(payload))).GroupBy(entry => entry.Record.Incarnation))
        {
            var previous = new string('0', 64);
            var sequence = 0L;
            foreach (var (payload, record) in chain.OrderBy(entry => entry.Record.ChainSeq))
            {
                Assert.Equal((++sequence, previous), (record.ChainSeq, record.PrevHash));
                previous = Convert.ToHexStringLower(SHA256.HashData(payload));
            }
        }

        Assert.NotEmpty(payloads);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
