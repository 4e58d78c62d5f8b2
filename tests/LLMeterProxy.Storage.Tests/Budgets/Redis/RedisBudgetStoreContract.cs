using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

/// <summary>The contract over a network: a store of its own for each test, on whatever servers a class has.</summary>
public abstract class RedisBudgetStoreContract : BudgetStoreContract, IAsyncLifetime
{
    private RedisNode? _node;

    internal RedisNode Node => _node!;

    protected override IBudgetStore Store => Node.Store;

    protected abstract string Configuration { get; }

    public async Task InitializeAsync() => _node = await RedisNode.StartAsync(RedisNode.Patient(Configuration), Observer);

    public async Task DisposeAsync() => await Node.DisposeAsync();

    protected override Task AppliedAsync() => Node.Store.FlushAsync(CancellationToken.None).WaitAsync(TestKit.Patience.Limit);
}
