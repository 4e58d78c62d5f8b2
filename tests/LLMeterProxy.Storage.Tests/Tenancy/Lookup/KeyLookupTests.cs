using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Tenancy.Lookup;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Storage.Tests.Tenancy.Lookup;

public sealed class KeyLookupTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeDirectory _directory = new();
    private readonly ServiceProvider _services = Services();
    private readonly KeyLookup _lookup;

    public KeyLookupTests() => _lookup = Lookup(new KeyLookupOptions());

    [Fact]
    public async Task A_key_that_another_replica_issued_is_found_and_is_in_the_snapshot()
    {
        var hash = _directory.Issue(1);
        Assert.Null(_directory.Current.FindKey(hash));

        Assert.Equal(KeyLookupResult.InSnapshot, await _lookup.FindAsync(hash, default));

        Assert.Equal("key_1", _directory.Current.FindKey(hash)!.Id);
    }

    [Fact]
    public async Task Calls_with_one_key_share_one_look_up()
    {
        var answering = new TaskCompletionSource();
        _directory.Answering = answering.Task;
        var hash = _directory.Issue(1);

        var calls = Enumerable.Range(0, 1_000).Select(_ => _lookup.FindAsync(hash, default).AsTask()).ToList();
        answering.SetResult();

        Assert.All(await Task.WhenAll(calls), r => Assert.Equal(KeyLookupResult.InSnapshot, r));
        Assert.Equal((1, 1), (_directory.Asked, _directory.Refreshed));
    }

    // T84: what nobody issued is asked for once, and again when its refusal is old, because it may have been issued meanwhile.
    [Fact]
    public async Task An_unknown_key_is_refused_from_memory_for_two_seconds_at_most()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(KeyLookupResult.Unknown, await _lookup.FindAsync(FakeDirectory.Hash(1), default));
        }

        Assert.Equal(1, _directory.Asked);
        var hash = _directory.Issue(1);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(KeyLookupResult.InSnapshot, await _lookup.FindAsync(hash, default));
        Assert.Equal(2, _directory.Asked);
    }

    [Fact]
    public async Task A_flood_of_unknown_keys_reaches_the_store_a_bounded_number_of_times()
    {
        var lookup = Lookup(new KeyLookupOptions { FruitlessPerSecond = 50 });
        var answers = new List<KeyLookupResult>();
        for (var i = 0; i < 5_000; i++)
        {
            answers.Add(await lookup.FindAsync(FakeDirectory.Hash(i), default));
        }

        Assert.Equal(50, _directory.Asked);
        Assert.Equal(4_950, answers.Count(a => a == KeyLookupResult.Busy));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        for (var i = 5_000; i < 5_100; i++)
        {
            await lookup.FindAsync(FakeDirectory.Hash(i), default);
        }

        Assert.Equal(75, _directory.Asked);
    }

    [Fact]
    public async Task New_keys_cost_nothing_of_what_a_flood_may_use()
    {
        var lookup = Lookup(new KeyLookupOptions { FruitlessPerSecond = 5 });
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(KeyLookupResult.InSnapshot, await lookup.FindAsync(_directory.Issue(i), default));
            await SettledAsync(lookup);
        }
    }

    [Fact]
    public async Task Look_ups_that_hang_hold_their_places_and_callers_are_answered_in_time()
    {
        var answering = new TaskCompletionSource();
        _directory.Answering = answering.Task;
        var lookup = Lookup(new KeyLookupOptions { Concurrent = 2 });
        var hanging = Enumerable.Range(0, 2).Select(i => lookup.FindAsync(FakeDirectory.Hash(i), default).AsTask()).ToList();
        Assert.Equal(KeyLookupResult.Busy, await lookup.FindAsync(FakeDirectory.Hash(2), default));

        while (!hanging.TrueForAll(h => h.IsCompleted))
        {
            // The flights start on the pool, so the time-outs may be set after the first step.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.All(await Task.WhenAll(hanging), r => Assert.Equal(KeyLookupResult.Unavailable, r));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(KeyLookupResult.Busy, await lookup.FindAsync(FakeDirectory.Hash(3), default));

        answering.SetResult();
        await SettledAsync(lookup);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(KeyLookupResult.Unknown, await lookup.FindAsync(FakeDirectory.Hash(4), default));
    }

    [Fact]
    public async Task After_a_failure_nobody_is_asked_for_a_second_and_the_key_is_not_called_unknown()
    {
        _directory.Answering = Task.FromException(new IOException("down"));
        var hash = _directory.Issue(1);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(KeyLookupResult.Unavailable, await _lookup.FindAsync(hash, default));
            Assert.Equal(KeyLookupResult.Unavailable, await _lookup.FindAsync(FakeDirectory.Hash(100 + i), default));
        }

        Assert.Equal(1, _directory.Asked);
        _directory.Answering = null;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(KeyLookupResult.InSnapshot, await _lookup.FindAsync(hash, default));
    }

    [Fact]
    public async Task A_caller_who_goes_away_does_not_end_the_look_up_of_another()
    {
        var answering = new TaskCompletionSource();
        _directory.Answering = answering.Task;
        using var leaving = new CancellationTokenSource();
        var hash = _directory.Issue(1);
        var first = _lookup.FindAsync(hash, leaving.Token).AsTask();
        var second = _lookup.FindAsync(hash, default).AsTask();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answering.SetResult();

        Assert.Equal(KeyLookupResult.InSnapshot, await second);
    }

    [Fact]
    public void Refused_keys_are_bounded()
    {
        var refused = new RefusedKeys(100, TimeSpan.FromSeconds(1), _time);
        for (var i = 0; i < 1_000; i++)
        {
            refused.Add(FakeDirectory.Hash(i));
        }

        Assert.InRange(Enumerable.Range(0, 1_000).Count(i => refused.Contains(FakeDirectory.Hash(i))), 50, 102);
        Assert.True(refused.Contains(FakeDirectory.Hash(999)));
    }

    [Fact]
    public void A_refusal_is_forgotten_between_one_and_two_lifetimes()
    {
        var refused = new RefusedKeys(100, TimeSpan.FromSeconds(1), _time);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        refused.Add(FakeDirectory.Hash(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(refused.Contains(FakeDirectory.Hash(1)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(refused.Contains(FakeDirectory.Hash(1)));
    }

    // The digest of a digest: what is shared and logged is not what the store looks up by.
    [Fact]
    public void The_shared_name_does_not_contain_the_hash()
    {
        var name = KeyLookup.CacheKey(FakeDirectory.Hash(1));
        Assert.Equal("llmeter:key:".Length + 32, name.Length);
        Assert.DoesNotContain(Convert.ToHexStringLower(FakeDirectory.Hash(1).ToArray())[..16], name, StringComparison.Ordinal);
        Assert.NotEqual(name, KeyLookup.CacheKey(FakeDirectory.Hash(2)));
    }

    public void Dispose() => _services.Dispose();

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddHybridCache();
        return services.BuildServiceProvider();
    }

    private KeyLookup Lookup(KeyLookupOptions options) =>
        new(_directory, _services.GetRequiredService<HybridCache>(), options, _time, NullLogger<KeyLookup>.Instance);

    /// <summary>A flight gives its place back just after its answer.</summary>
    private static async Task SettledAsync(KeyLookup lookup)
    {
        while (lookup.Running > 0)
        {
            await Task.Yield();
        }
    }
}
