using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.Storage.Tests.Redis;

/// <summary>That the servers under the other tests do to data and roles what those tests take for granted.</summary>
public sealed class RedisServersTests
{
    [Theory]
    [InlineData(RedisPersistence.None, false)]
    [InlineData(RedisPersistence.AppendOnly, true)]
    public async Task A_killed_server_comes_back_on_its_port_with_what_it_persisted(RedisPersistence persistence, bool kept)
    {
        await using var server = await RedisServer.StartAsync(persistence);
        server.Command("SET", "key", "value");
        var runId = server.RunId;

        server.Kill();
        await server.StartAgainAsync();

        Assert.NotEqual(runId, server.RunId);
        Assert.Equal(kept ? "value" : null, server.Command("GET", "key"));
    }

    [Fact]
    public async Task A_cluster_spreads_the_slots_over_three_primaries()
    {
        await using var cluster = await RedisClusterServers.StartAsync();

        Assert.Equal(3, new[] { 0, 8_000, 16_383 }.Select(cluster.OwnerOf).Distinct().Count());
        RedisClusterServers.MoveSlot(0, cluster.OwnerOf(0), cluster.OwnerOf(16_383));
        Assert.Equal(cluster.OwnerOf(16_383), cluster.OwnerOf(0));
    }

    [Fact]
    public async Task A_fail_over_makes_the_replica_the_primary()
    {
        await using var servers = await RedisSentinelServers.StartAsync();
        var replica = servers.Replica;
        servers.Primary.Command("SET", "key", "value");
        Assert.Equal(1L, servers.Primary.Command("WAIT", "1", "5000")); // Replication is asynchronous: unsent, it would be lost.

        await servers.FailOverAsync();

        Assert.Equal(replica, servers.Primary);
        Assert.Equal("value", servers.Primary.Command("GET", "key"));
    }
}
