using System.Collections.Concurrent;
using System.Security.Cryptography;
using LLMeterProxy.Core.Tenancy;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Tenancy.Lookup;

/// <summary>
/// Keys that another replica issued since this node's last refresh (at most 500 ms ago): asked for in the cache that replicas
/// share, then in the store. The answer is only a revision to refresh to. Whether the key is valid, whose it is and what caps
/// apply is then read from the snapshot as for any other call, so neither a stale nor a forged entry of the cache can admit
/// anybody, and no key works before its tenant's budgets are known here.
/// <para>A key that nobody issued costs at most one look-up in <see cref="KeyLookupOptions.Lifetime"/>, all such keys together at most
/// <see cref="KeyLookupOptions.FruitlessPerSecond"/>.</para>
/// </summary>
public sealed class KeyLookup : IKeyLookup
{
    private static readonly HybridCacheEntryOptions _readOnly = new()
    {
        // An answer in this process' memory would never be used again: the snapshot has what was found.
        Flags = HybridCacheEntryFlags.DisableLocalCache | HybridCacheEntryFlags.DisableDistributedCacheWrite,
    };

    private readonly IKeyDirectory _directory;
    private readonly HybridCache _cache;
    private readonly KeyLookupOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<KeyLookup> _logger;
    private readonly LookupAdmission _admission;
    private readonly RefusedKeys _refused;
    private readonly HybridCacheEntryOptions _shared;
    private readonly ConcurrentDictionary<KeyHash, Task<KeyLookupResult>> _flights = new();
    private long _failedAt;
    private volatile bool _failed;

    /// <param name="cache">Its second level, if it has one, is shared by the replicas.</param>
    public KeyLookup(IKeyDirectory directory, HybridCache cache, KeyLookupOptions options, TimeProvider time, ILogger<KeyLookup> logger)
    {
        (_directory, _cache, _options, _time, _logger) = (directory, cache, options, time, logger);
        _admission = new LookupAdmission(options, time);
        _refused = new RefusedKeys(options.RefusedKeys, options.Lifetime, time);
        _shared = new HybridCacheEntryOptions { Expiration = options.Lifetime, Flags = HybridCacheEntryFlags.DisableLocalCache };
    }

    /// <summary>Look-ups under way, those included that nobody waits for any more.</summary>
    internal int Running => _admission.Running;

    /// <inheritdoc/>
    public ValueTask<KeyLookupResult> FindAsync(KeyHash hash, CancellationToken cancellationToken)
    {
        if (_refused.Contains(hash))
        {
            return new(KeyLookupResult.Unknown);
        }

        if (_flights.TryGetValue(hash, out var running))
        {
            return new(running.WaitAsync(cancellationToken));
        }

        if (_failed && _time.GetElapsedTime(Volatile.Read(ref _failedAt)) < _options.Lifetime)
        {
            return new(KeyLookupResult.Unavailable);
        }

        if (!_admission.TryEnter())
        {
            return new(KeyLookupResult.Busy);
        }

        var answer = new TaskCompletionSource<KeyLookupResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var flight = _flights.GetOrAdd(hash, answer.Task);
        if (flight == answer.Task)
        {
            // Nobody's cancellation ends it: others may wait for the same key.
            _ = Task.Run(() => FlyAsync(hash, answer), CancellationToken.None);
        }
        else
        {
            _admission.Leave(wasFruitful: true);
        }

        return new(flight.WaitAsync(cancellationToken));
    }

    /// <summary>
    /// The name under which replicas share an answer: a digest of the hash, so that neither Redis nor a message about it holds what
    /// the store looks keys up by.
    /// </summary>
    internal static string CacheKey(KeyHash hash) =>
        "llmeter:key:" + Convert.ToHexStringLower(SHA256.HashData(hash.ToArray()).AsSpan(0, 16));

    private async Task FlyAsync(KeyHash hash, TaskCompletionSource<KeyLookupResult> answer)
    {
        var search = SearchAsync(hash);
        var result = KeyLookupResult.Unavailable;
        try
        {
            result = await search.WaitAsync(_options.Timeout, _time);
            _failed = false;
        }
        catch (Exception exception)
        {
            // Whatever it was, the next second's keys must not each find it out anew.
            Volatile.Write(ref _failedAt, _time.GetTimestamp());
            _failed = true;
            TenancyLog.LookupFailed(_logger, exception);
        }

        if (result == KeyLookupResult.Unknown)
        {
            _refused.Add(hash);
        }

        // Whoever comes from here on finds what was found, in the snapshot or among the refused.
        _flights.TryRemove(hash, out _);
        answer.SetResult(result);

        // A search that hangs keeps its place: what hangs must not pile up.
        await search.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _admission.Leave(wasFruitful: result == KeyLookupResult.InSnapshot);
    }

    private async Task<KeyLookupResult> SearchAsync(KeyHash hash)
    {
        var name = CacheKey(hash);
        var search = new Search(_directory, hash);
        var revision = await _cache.GetOrCreateAsync(name, search, static (s, cancel) => s.AskStoreAsync(cancel), _readOnly);
        if (revision == Search.Nothing)
        {
            return KeyLookupResult.Unknown;
        }

        // Not awaited: the caller's answer does not depend on what the next replica finds. That there is no such key is not shared
        // at all; each node keeps its own few.
        _ = search.Asked ? ShareAsync(name, revision) : Task.CompletedTask;
        await _directory.RefreshAsync(revision, CancellationToken.None);
        return _directory.Current.FindKey(hash) is null ? KeyLookupResult.Unknown : KeyLookupResult.InSnapshot;
    }

    private async Task ShareAsync(string name, long revision)
    {
        try
        {
            await _cache.SetAsync(name, revision, _shared);
        }
        catch (Exception exception)
        {
            TenancyLog.AnswerNotShared(_logger, exception);
        }
    }

    private sealed class Search(IKeyDirectory directory, KeyHash hash)
    {
        public const long Nothing = 0;

        public bool Asked { get; private set; }

        public async ValueTask<long> AskStoreAsync(CancellationToken cancellationToken)
        {
            Asked = true;
            return await directory.FindRevisionAsync(hash, cancellationToken) ?? Nothing;
        }
    }
}
