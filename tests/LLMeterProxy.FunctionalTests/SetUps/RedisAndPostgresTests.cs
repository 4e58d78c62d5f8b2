using System.Net;
using LLMeterProxy.Cli;
using LLMeterProxy.Features;
using LLMeterProxy.FunctionalTests.Configuration;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.Simulator;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Postgres;
using LLMeterProxy.TestKit.Redis;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace LLMeterProxy.FunctionalTests.SetUps;

/// <summary>The supported set-ups work, and what would break caps is refused at the start with what to do about it.</summary>
public sealed class RedisAndPostgresTests
{
    private const string Pepper = "pepper-of-the-set-up-tests-0123456789";

    [Fact]
    public async Task Postgres_alone_is_for_one_node_and_a_second_is_refused_until_the_first_has_ended()
    {
        var settings = Postgres();
        await using (var node = await TestNode.StartAsync(new TestNodeOptions { Settings = settings }))
        {
            var (_, key) = await node.NewTenantAsync(new { window = "month", limitUsd = "1" });
            Assert.Equal(HttpStatusCode.OK, await CallAsync(node, key));
            var refused = await Assert.ThrowsAsync<IOException>(() => TestNode.StartAsync(new TestNodeOptions { Settings = settings }));
            Assert.Contains("LLMeter:Redis:Configuration", refused.Message, StringComparison.Ordinal);
        }

        await using var next = await TestNode.StartAsync(new TestNodeOptions { Settings = settings });
        using var ready = await next.Admin.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task Redis_with_a_SQLite_ledger_refuses_a_second_ledger()
    {
        await using var redis = await RedisServer.StartAsync();
        var settings = Redis(redis);
        await using var node = await TestNode.StartAsync(new TestNodeOptions { Settings = settings });
        var (_, key) = await node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        await EventuallyOkAsync(node, key);
        var refused = await Assert.ThrowsAsync<IOException>(() => TestNode.StartAsync(new TestNodeOptions { Settings = settings }));
        Assert.Contains("must share a ledger", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Redis_that_evicts_stops_the_start()
    {
        await using var redis = await RedisServer.StartAsync();
        redis.Configure("maxmemory-policy", "allkeys-lru");
        var refused = await Assert.ThrowsAsync<IOException>(() => TestNode.StartAsync(new TestNodeOptions { Settings = Redis(redis) }));
        Assert.Contains("noeviction", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "A1,A16")]
    public async Task Two_nodes_on_Redis_and_Postgres_share_tenants_keys_and_one_cap()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        var options = new TestNodeOptions { Settings = Postgres(Redis(redis)), Simulator = simulator };
        await using var one = await TestNode.StartAsync(options);
        await using var other = await TestNode.StartAsync(options);
        var (tenant, key) = await one.NewTenantAsync(new { window = "total", limitUsd = "1" });
        await EventuallyOkAsync(one, key);
        await EventuallyOkAsync(other, key);
        await Patience.UntilAsync(async () => await SpentAsync(one, tenant) is > 0 and var spent && spent == await SpentAsync(other, tenant), "both nodes state one figure");
        Assert.Equal(2, (await one.RecordsAsync(tenant, 2)).Count);

        await one.SetBudgetAsync(tenant, "main", new { window = "total", limitUsd = "0" });
        await Patience.UntilAsync(async () => await CallAsync(other, key) == HttpStatusCode.BadRequest, "the other node has the new limit");
    }

    [Fact]
    [Trait("Acceptance", "A27")]
    public async Task A_journal_left_behind_is_shipped_to_Postgres_while_nodes_run_on_it_with_Redis()
    {
        using var directory = new TempDirectory();
        var left = directory.File("left");
        string tenant;
        await using (var gone = await TestNode.StartAsync(new TestNodeOptions { DataDirectory = left }))
        {
            (tenant, var key) = await gone.NewTenantAsync();
            Assert.Equal(HttpStatusCode.OK, await CallAsync(gone, key));
        }

        await using var redis = await RedisServer.StartAsync();
        var settings = Postgres(Redis(redis));
        await using var node = await TestNode.StartAsync(new TestNodeOptions { Settings = settings });
        await node.AddTenantAsync(tenant);
        await using var output = new StringWriter();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        Assert.Equal(ExitCodes.Success, await LedgerVerbs.ShipJournalAsync(configuration, left, output, default));
        Assert.Contains("1 records shipped", output.ToString(), StringComparison.Ordinal);
        Assert.Single(await node.RecordsAsync(tenant, 1));
    }

    [Theory]
    [InlineData("DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)", "llmeter migrate")]
    [InlineData("INSERT INTO schema_migrations (version, name, sha256, applied_at) VALUES (9999, 'later', '', 0)", "start the newer program")]
    public async Task A_Postgres_schema_of_another_version_stops_the_start(string change, string advice)
    {
        var settings = Postgres();
        await using (await TestNode.StartAsync(new TestNodeOptions { Settings = settings }))
        {
        }

        await using var connection = new NpgsqlConnection(settings["LLMeter:Postgres:ConnectionString"]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(change, connection);
        await command.ExecuteNonQueryAsync();
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => TestNode.StartAsync(new TestNodeOptions { Settings = settings }));
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_pepper_on_Postgres_stops_the_start()
    {
        var settings = Postgres();
        await using (await TestNode.StartAsync(new TestNodeOptions { Settings = settings }))
        {
        }

        settings["LLMeter:Pepper"] = "another-" + Pepper;
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => TestNode.StartAsync(new TestNodeOptions { Settings = settings }));
        Assert.Contains("LLMeter:Pepper", refused.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Redis(RedisServer server) => new()
    {
        ["LLMeter:Redis:Configuration"] = server.EndPoint,
        ["LLMeter:Redis:OperationTimeout"] = "5",
    };

    private static Dictionary<string, string> Postgres(Dictionary<string, string>? more = null) => new(more ?? [])
    {
        ["LLMeter:Postgres:ConnectionString"] = PostgresServer.Shared.CreateDatabase(),
        ["LLMeter:Pepper"] = Pepper,
    };

    private static async Task<HttpStatusCode> CallAsync(TestNode node, string key)
    {
        using var client = node.Client(key);
        using var answer = await client.SendAsync(Calls.Post(Api.OpenAi, null));
        return answer.StatusCode;
    }

    // A node that has just started is not verified yet, and one that did not issue the key may see it half a second later.
    private static Task EventuallyOkAsync(TestNode node, string key) =>
        Patience.UntilAsync(async () => await CallAsync(node, key) == HttpStatusCode.OK, "the call is admitted");

    private static async Task<decimal> SpentAsync(TestNode node, string tenant) =>
        decimal.Parse((await node.BudgetAsync(tenant, "main")).GetProperty("spentUsd").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
}
