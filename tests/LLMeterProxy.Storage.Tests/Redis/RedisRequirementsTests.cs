using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.TestKit.Redis;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Tests.Redis;

/// <summary>A Redis on which caps would not hold is refused, and the message says how to fix it.</summary>
public sealed class RedisRequirementsTests : IAsyncLifetime
{
    private RedisServer _server = null!;
    private ConnectionMultiplexer _redis = null!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _redis = await ConnectionMultiplexer.ConnectAsync(_server.EndPoint + ",allowAdmin=true");
    }

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_first_ledger_takes_a_redis_and_another_is_refused()
    {
        Assert.Null(await RedisRequirements.FindProblemAsync(_redis, "one"));
        Assert.Null(await RedisRequirements.FindProblemAsync(_redis, "one"));
        var problem = await RedisRequirements.FindProblemAsync(_redis, "two");
        Assert.Contains("ledger one", problem, StringComparison.Ordinal);
        Assert.Contains("LLMeter:Postgres:ConnectionString", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-ttl")]
    [InlineData("allkeys-random")]
    public async Task A_redis_that_evicts_is_refused(string policy)
    {
        _server.Configure("maxmemory-policy", policy);
        var problem = await RedisRequirements.FindProblemAsync(_redis, "one");
        Assert.Contains(policy, problem, StringComparison.Ordinal);
        Assert.Contains("Set maxmemory-policy noeviction", problem, StringComparison.Ordinal);
        Assert.Equal(0L, _server.Command("EXISTS", RedisRequirements.LedgerKey));
    }

    [Fact]
    public async Task A_redis_that_is_gone_is_an_outage_and_no_refusal()
    {
        _server.Kill();
        var failure = await Record.ExceptionAsync(() => RedisRequirements.FindProblemAsync(_redis, "one"));
        Assert.True(failure is RedisException or TimeoutException, failure?.ToString());
    }
}
