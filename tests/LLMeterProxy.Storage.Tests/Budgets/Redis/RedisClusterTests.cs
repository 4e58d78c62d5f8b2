using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Redis;
using StackExchange.Redis;
using static LLMeterProxy.Storage.Tests.Budgets.Calls;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

public sealed class RedisClusterTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Verification_reaches_every_primary()
    {
        await using var node = await RedisNode.StartAsync(RedisNode.Patient(fixture.Cluster.EndPoints));

        var runIds = await node.Primaries.ReadRunIdsAsync();

        Assert.Equal(fixture.Cluster.Nodes.Select(n => n.RunId).Order(StringComparer.Ordinal), runIds);
        foreach (var server in fixture.Cluster.Nodes)
        {
            var found = (List<object?>)server.Command(["SCRIPT", "EXISTS", .. BudgetScript.All.Select(s => Convert.ToHexStringLower(s.Hash))])!;
            Assert.All(found, f => Assert.Equal(1L, f));
        }
    }

    [Fact]
    public async Task A_slot_moved_to_another_primary_keeps_its_counters()
    {
        await using var node = await RedisNode.StartAsync(RedisNode.Patient(fixture.Cluster.EndPoints));
        var budget = Applied("moving", "cap", 100);
        var call = Reservation("moving", 10, [budget]);
        Assert.True((await node.Store.ReserveAsync(call, CancellationToken.None)).IsGranted);
        await using var client = await ConnectionMultiplexer.ConnectAsync(fixture.Cluster.EndPoints);
        var slot = client.HashSlot(new SlotView("moving").Keys[0]);
        var from = fixture.Cluster.OwnerOf(slot);

        RedisClusterServers.MoveSlot(slot, from, fixture.Cluster.Nodes.First(n => n != from));

        await Patience.UntilAsync(async () => (await node.Store.ReserveAsync(Reservation("moving", 10, [budget]), CancellationToken.None)).IsGranted, "the move is followed");
        node.Settle(Settlement(call, 1, 4));
        Assert.Equal(4, (await node.BalanceAsync(budget)).Spent.Value);
    }
}
