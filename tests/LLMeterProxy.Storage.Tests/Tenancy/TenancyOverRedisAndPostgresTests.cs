using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Tenancy;
using LLMeterProxy.Storage.Tenancy.Lookup;
using LLMeterProxy.Storage.Tests.Ledger;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Postgres;
using LLMeterProxy.TestKit.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Tests.Tenancy;

/// <summary>Two nodes on one PostgreSQL and one Redis, by the real clock.</summary>
public sealed class TenancyOverRedisAndPostgresTests : IAsyncLifetime
{
    private const string Actor = "admin";

    private readonly LedgerInPostgres _database = new();
    private readonly List<IAsyncDisposable> _nodes = [];
    private readonly ConcurrentQueue<string> _logs = new();
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _redis.DisposeAsync();
        _database.Dispose();
    }

    [Theory]
    [Trait("Acceptance", "T85")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_revocation_and_a_changed_cap_are_on_every_node_within_two_seconds(bool signal)
    {
        var (first, second) = (await NodeAsync(signal), await NodeAsync(signal));
        await IssueAsync(first, "key_1");
        await first.PutBudgetAsync(Budget(1), 0, Actor, default);
        await Patience.UntilAsync(() => second.Current.FindKeyById("key_1") is not null && Limit(second) == 1, "the other node has key and cap");

        var clock = Stopwatch.StartNew();
        await second.UpdateKeyAsync(second.Current.FindKeyById("key_1")! with { RevokedAt = DateTimeOffset.UnixEpoch }, 1, Actor, default);
        await first.PutBudgetAsync(Budget(2), 1, Actor, default);
        await Patience.UntilAsync(() => first.Current.FindKeyById("key_1") is null && Limit(second) == 2, "both changes are on both nodes");

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    [Trait("Acceptance", "T85")]
    public async Task Changes_are_on_every_node_within_two_seconds_while_redis_is_down()
    {
        var (first, second) = (await NodeAsync(signal: true), await NodeAsync(signal: true));
        _redis.Kill();
        await IssueAsync(first, "key_1");
        var clock = Stopwatch.StartNew();
        await Patience.UntilAsync(() => second.Current.FindKeyById("key_1") is not null, "the other node has looked");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Signals_come_again_when_redis_is_back()
    {
        var heard = 0;
        using var redis = await ConnectAsync();
        using var sending = new RedisTenancySignal(redis, NullLogger<RedisTenancySignal>.Instance);
        using var receiving = new RedisTenancySignal(await ConnectAsync(), NullLogger<RedisTenancySignal>.Instance);
        receiving.Received += _ => Interlocked.Increment(ref heard);
        _redis.Kill();
        sending.Send(7);
        await _redis.StartAgainAsync();

        await Patience.UntilAsync(
            () =>
            {
                sending.Send(8);
                return Volatile.Read(ref heard) > 0;
            },
            "a signal arrives");
    }

    // T119, disaster 8: keys and caps stay in use while the ledger is away.
    [Fact]
    public async Task The_last_snapshot_stays_in_use_while_the_database_is_away()
    {
        var (first, second) = (await NodeAsync(signal: false), await NodeAsync(signal: false));
        await IssueAsync(first, "key_1");
        await second.CatchUpAsync(default);
        PostgresServer.Shared.Shut(_database.ConnectionString);

        await Patience.UntilAsync(() => second.SnapshotAge > TimeSpan.FromSeconds(1.2), "two looks have failed");
        Assert.NotNull(second.Current.FindKeyById("key_1"));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => second.AddTenantAsync(Tenant("other"), Actor, default));

        PostgresServer.Shared.Admit(_database.ConnectionString);
        await Patience.UntilAsync(() => second.SnapshotAge < TimeSpan.FromSeconds(1), "a look has succeeded");
        Assert.True(await second.AddTenantAsync(Tenant("other"), Actor, default));
    }

    [Fact]
    public async Task A_key_of_another_node_works_at_once_and_one_answer_serves_all_nodes()
    {
        var first = await NodeAsync(signal: false);
        var hash = await IssueAsync(first, "key_1");
        await first.PutBudgetAsync(Budget(1), 0, Actor, default);
        var (asking, told) = (new CountedDirectory(first), new CountedDirectory(first));

        Assert.Equal(KeyLookupResult.InSnapshot, await Lookup(asking).FindAsync(hash, default));
        await Patience.UntilAsync(() => Shared().Length > 0, "the answer is shared");
        Assert.Equal(KeyLookupResult.InSnapshot, await Lookup(told).FindAsync(hash, default));

        Assert.Equal((1, 0), (asking.Asked, told.Asked));

        // Neither what the store looks up by nor anything that could be used instead of it.
        var everything = string.Concat(_logs) + string.Concat(Shared().Select(key => key + Convert.ToHexString(Dump(key))));
        Assert.DoesNotContain(Convert.ToHexString(hash.ToArray()), everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes("key_1")), everything, StringComparison.OrdinalIgnoreCase);
    }

    // An entry of the cache is a hint: only the snapshot admits.
    [Fact]
    public async Task A_forged_answer_admits_nobody()
    {
        var first = await NodeAsync(signal: false);
        var hash = await IssueAsync(first, "key_1");
        await Lookup(new CountedDirectory(first)).FindAsync(hash, default);
        await Patience.UntilAsync(() => Shared().Length > 0, "the answer is shared");
        var forged = new KeyHash(SHA256.HashData("forged"u8));
        _redis.Command("COPY", Shared()[0], KeyLookup.CacheKey(forged));

        Assert.Equal(KeyLookupResult.Unknown, await Lookup(new CountedDirectory(first)).FindAsync(forged, default));
    }

    [Fact]
    public async Task Keys_are_looked_up_in_the_store_while_redis_is_down()
    {
        var first = await NodeAsync(signal: false);
        var hash = await IssueAsync(first, "key_1");
        var lookup = Lookup(new CountedDirectory(first));
        _redis.Kill();

        Assert.Equal(KeyLookupResult.InSnapshot, await lookup.FindAsync(hash, default));
    }

    private static Tenant Tenant(string id) => new() { Id = id, Name = id, TimeZone = "UTC" };

    private static Budget Budget(decimal limit) =>
        new() { Id = "bud_1", TenantId = "acme", Name = "main", ScopeId = "acme", Window = BudgetWindow.Total, Limit = NanoUsd.FromUsd(limit) };

    private static decimal Limit(TenancyStore node) => node.Current.BudgetsOf("acme").Select(b => b.Limit.ToUsd()).SingleOrDefault();

    private static async Task<KeyHash> IssueAsync(TenancyStore node, string id)
    {
        await node.AddTenantAsync(Tenant("acme"), Actor, default);
        var hash = new KeyHash(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)));
        Assert.True(await node.AddKeyAsync(new VirtualKey { Id = id, TenantId = "acme", Name = "app", Prefix = "lmp_", Hash = hash }, Actor, default));
        return hash;
    }

    private string[] Shared() => ((List<object?>)_redis.Command("KEYS", "llmeter:key:*")!).Select(k => (string)k!).ToArray();

    private byte[] Dump(string key) => System.Text.Encoding.Latin1.GetBytes(string.Concat(((List<object?>)_redis.Command("HGETALL", key)!).Select(v => (string?)v)));

    private Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { _redis.EndPoint },
        AbortOnConnectFail = false,
        BacklogPolicy = BacklogPolicy.FailFast,
    });

    private async Task<TenancyStore> NodeAsync(bool signal)
    {
        var redis = signal ? await ConnectAsync() : null;
        var ledger = _database.Open();
        var store = new TenancyStore(
            ledger,
            _ => Task.CompletedTask,
            static _ => Task.CompletedTask,
            TimeProvider.System,
            "UTC",
            redis is null ? null : new RedisTenancySignal(redis, NullLogger<RedisTenancySignal>.Instance),
            NullLogger<TenancyStore>.Instance);
        _nodes.Add(new Node(store, ledger, redis));
        return store;
    }

    /// <summary>The look-up as the host registers it, over what a replica does not have in its snapshot.</summary>
    private IKeyLookup Lookup(IKeyDirectory directory)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new QueueLogs(_logs)));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IConnectionMultiplexer>(_ => ConnectAsync().GetAwaiter().GetResult());
        services.AddKeyLookup(p => p.GetRequiredService<IConnectionMultiplexer>());
        services.AddSingleton(directory);

        // Long enough for a busy machine.
        services.AddSingleton(new KeyLookupOptions { Lifetime = Patience.Limit, Timeout = Patience.Limit });
        var provider = services.BuildServiceProvider();
        _nodes.Add(provider);
        return provider.GetRequiredService<IKeyLookup>();
    }

    private sealed class Node(TenancyStore store, IDisposable ledger, ConnectionMultiplexer? redis) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            store.Dispose();
            ledger.Dispose();
            if (redis is not null)
            {
                await redis.DisposeAsync();
            }
        }
    }
}
