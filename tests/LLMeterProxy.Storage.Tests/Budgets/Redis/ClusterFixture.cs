using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

public sealed class ClusterFixture : IAsyncLifetime
{
    public RedisClusterServers Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await RedisClusterServers.StartAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
