using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.Storage.Tenancy;
using LLMeterProxy.TestKit.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.FunctionalTests.AdminApi;

/// <summary>The admin API of two nodes over one PostgreSQL: whichever node a request comes to, it is the same API.</summary>
public sealed class SharedStoreTests : IAsyncLifetime
{
    private readonly string _database = PostgresServer.Shared.CreateDatabase();
    private readonly List<IDisposable> _owned = [];
    private AdminServer _first = null!;
    private AdminServer _second = null!;

    public async Task InitializeAsync() => (_first, _second) = (await NodeAsync(), await NodeAsync());

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _owned.ForEach(o => o.Dispose());
    }

    [Fact]
    public async Task What_one_node_answered_the_other_knows()
    {
        await _first.CreateTenantAsync("acme", "Europe/Berlin");
        var issued = await _second.SendAsync("POST", "/api/v1/tenants/acme/keys", """{"name":"app"}""");
        Assert.Equal(201, issued.Status);
        var key = "/api/v1/keys/" + (string?)issued["id"];

        // Through the node that issued it: the fake mints of two nodes make the same secrets.
        Assert.Equal(200, (await _second.SendAsync("POST", key + "/rotate", "{}")).Status);
        Assert.Equal("\"2\"", (await _first.SendAsync("GET", key)).ETag);
        Assert.Equal(204, (await _first.SendAsync("DELETE", key)).Status);
        Assert.Equal("revoked", (string?)(await _second.SendAsync("GET", key))["status"]);

        const string Budget = "/api/v1/tenants/acme/budgets/main";
        Assert.Equal(201, (await _first.SendAsync("PUT", Budget, """{"window":"month","limitUsd":"5"}""")).Status);
        Assert.Equal("5", (string?)(await _second.SendAsync("GET", Budget))["limitUsd"]);
        Assert.Equal(204, (await _second.SendAsync("DELETE", Budget)).Status);
        Assert.Equal(404, (await _first.SendAsync("GET", Budget)).Status);

        var trails = new[] { await _first.SendAsync("GET", "/api/v1/audit"), await _second.SendAsync("GET", "/api/v1/audit") };
        Assert.Equal(trails[0].Body!.ToJsonString(), trails[1].Body!.ToJsonString());
        Assert.Equal(
            ["budget.delete", "budget.create", "key.revoke", "key.rotate", "key.issue", "tenant.create"],
            trails[0].Body!["rows"]!.AsArray().Select(e => (string?)e!["action"]));
    }

    [Fact]
    [Trait("Acceptance", "T98")]
    public async Task Of_two_changes_with_one_tag_through_two_nodes_one_is_refused()
    {
        await _first.CreateTenantAsync("acme");
        for (var version = 1; version <= 5; version++)
        {
            var tag = $"\"{version}\"";
            var answers = await Task.WhenAll(
                _first.SendAsync("PATCH", "/api/v1/tenants/acme", """{"name":"First"}""", tag),
                _second.SendAsync("PATCH", "/api/v1/tenants/acme", """{"name":"Second"}""", tag));

            Assert.Equal([200, 412], answers.Select(a => a.Status).Order());
        }
    }

    // Without If-Match changes to different fields are both kept, through whichever node.
    [Fact]
    public async Task Changes_to_different_fields_through_two_nodes_are_both_kept()
    {
        await _first.CreateTenantAsync("acme");
        var answers = await Task.WhenAll(
            _first.SendAsync("PATCH", "/api/v1/tenants/acme", """{"name":"Named"}"""),
            _second.SendAsync("PATCH", "/api/v1/tenants/acme", """{"plan":"gold"}"""));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        var tenant = await _first.SendAsync("GET", "/api/v1/tenants/acme");
        Assert.Equal(("Named", "gold"), ((string?)tenant["name"], (string?)tenant["plan"]));
    }

    private async Task<AdminServer> NodeAsync()
    {
        var ledger = PostgresLedger.Open(
            new PostgresLedgerOptions { ConnectionString = _database },
            payload => UsageRecordCodec.Decode(payload.Span),
            TimeProvider.System,
            NullLogger<PostgresLedger>.Instance);
        var store = new TenancyStore(
            ledger, _ => Task.CompletedTask, static _ => Task.CompletedTask, TimeProvider.System, "UTC", signal: null, NullLogger<TenancyStore>.Instance);
        _owned.AddRange([store, ledger]);
        return await AdminServer.StartAsync(store: store);
    }
}
