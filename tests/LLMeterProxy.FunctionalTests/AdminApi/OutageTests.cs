using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.FunctionalTests.AdminApi;

/// <summary>The admin API while its store is away, and when other nodes change what it shows.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task A_change_that_cannot_be_stored_is_a_503_that_says_so()
    {
        await using var server = await AdminServer.StartAsync();
        server.Tenancy.CatchingUp = () => Task.FromException(new LedgerUnavailableException("down"));
        server.Tenancy.BeforeNextWrite = () => throw new LedgerUnavailableException("down");

        var answer = await server.SendAsync("POST", "/api/v1/tenants", """{"id":"acme"}""");

        Assert.Equal((503, "store_unavailable"), (answer.Status, answer.Code));
        Assert.DoesNotContain("down", (string?)answer.Body!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_memory_is_answered_all_the_same()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        server.Tenancy.CatchingUp = () => Task.FromException(new LedgerUnavailableException("down"));

        Assert.Equal(200, (await server.SendAsync("GET", "/api/v1/tenants/acme")).Status);
    }

    [Fact]
    public async Task A_request_sees_what_another_node_has_changed_before_it()
    {
        await using var server = await AdminServer.StartAsync();
        server.Tenancy.CatchingUp = async () =>
        {
            server.Tenancy.CatchingUp = null;
            await server.Tenancy.AddTenantAsync(new() { Id = "acme", Name = "Acme", TimeZone = "UTC" }, "another node", default);
        };

        Assert.Equal(200, (await server.SendAsync("GET", "/api/v1/tenants/acme")).Status);
    }
}
