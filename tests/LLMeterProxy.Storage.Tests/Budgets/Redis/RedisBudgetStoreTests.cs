namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

public sealed class RedisBudgetStoreTests(SingleServerFixture fixture) : RedisBudgetStoreContract, IClassFixture<SingleServerFixture>
{
    protected override string Configuration => fixture.Server.EndPoint;
}
