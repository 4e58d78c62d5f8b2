namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

public sealed class RedisClusterBudgetStoreTests(ClusterFixture fixture) : RedisBudgetStoreContract, IClassFixture<ClusterFixture>
{
    protected override string Configuration => fixture.Cluster.EndPoints;
}
