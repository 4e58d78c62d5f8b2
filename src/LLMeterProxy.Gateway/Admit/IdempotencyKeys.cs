using System.Collections.Concurrent;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// Remembers, per virtual key, which Idempotency-Key came with which body and whether the call still runs. Nothing is
/// replayed: the key is forwarded. Kept 24 h, bounded; in memory, because a forgotten key only means that the provider decides.
/// </summary>
public sealed class IdempotencyKeys(TimeProvider time)
{
    private const int MaxEntries = 100_000;
    private const int MaxKeyLength = 255;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<(string Key, string Idempotency), Entry> _entries = new();
    private long _nextSweep;

    /// <param name="claim">To be disposed when the call is over; null where refused.</param>
    public Problem? Claim(string keyId, string idempotencyKey, ulong bodyHash, out IDisposable? claim)
    {
        claim = null;
        if (idempotencyKey.Length > MaxKeyLength)
        {
            return new Problem(ProblemCode.InvalidValue, "An Idempotency-Key has at most 255 characters.", "Idempotency-Key");
        }

        var now = time.GetUtcNow();
        Sweep(now);
        var mine = new Entry(bodyHash, now + Kept) { Running = true };
        while (true)
        {
            var stored = _entries.GetOrAdd((keyId, idempotencyKey), mine);
            if (stored == mine)
            {
                claim = mine;
                return null;
            }

            lock (stored)
            {
                if (stored.Expires <= now)
                {
                    _entries.TryRemove(new((keyId, idempotencyKey), stored));
                    continue;
                }

                if (stored.BodyHash != bodyHash)
                {
                    return new Problem(ProblemCode.IdempotencyKeyReuse, "This Idempotency-Key was used with another request body.", "Idempotency-Key");
                }

                if (stored.Running)
                {
                    return new Problem(
                        ProblemCode.IdempotencyInProgress,
                        "A call with this Idempotency-Key is still running.",
                        "Idempotency-Key",
                        RetryAfter: TimeSpan.FromSeconds(2));
                }

                stored.Running = true;
                claim = stored;
                return null;
            }
        }
    }

    private void Sweep(DateTimeOffset now)
    {
        var due = Volatile.Read(ref _nextSweep);
        if (now.UtcTicks < due && _entries.Count < MaxEntries)
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _nextSweep, (now + TimeSpan.FromMinutes(5)).UtcTicks, due) != due)
        {
            return;
        }

        var surplus = _entries.Count - (MaxEntries / 2);
        var full = _entries.Count >= MaxEntries;
        foreach (var (key, entry) in _entries)
        {
            if (entry.Expires <= now || (full && surplus-- > 0 && !entry.Running))
            {
                _entries.TryRemove(new(key, entry));
            }
        }
    }

    private sealed class Entry(ulong bodyHash, DateTimeOffset expires) : IDisposable
    {
        public ulong BodyHash { get; } = bodyHash;

        public DateTimeOffset Expires { get; } = expires;

        public bool Running { get; set; }

        public void Dispose()
        {
            lock (this)
            {
                Running = false;
            }
        }
    }
}
