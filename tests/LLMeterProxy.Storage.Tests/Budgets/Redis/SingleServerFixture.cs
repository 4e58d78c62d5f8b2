using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

public sealed class SingleServerFixture : IAsyncLifetime
{
    public RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
