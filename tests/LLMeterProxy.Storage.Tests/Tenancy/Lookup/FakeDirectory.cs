using System.Security.Cryptography;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Tenancy.Lookup;

namespace LLMeterProxy.Storage.Tests.Tenancy.Lookup;

/// <summary>A store with a snapshot behind it: keys are issued into the store and are in the snapshot after a refresh alone.</summary>
internal sealed class FakeDirectory : IKeyDirectory
{
    private readonly List<VirtualKey> _stored = [];
    private int _asked;
    private int _refreshed;
    private long _revision = 1;

    public TenancySnapshot Current { get; private set; } = new(1, [], [], []);

    public event Action<TenancySnapshot>? Changed;

    /// <summary>Awaited by each question; null: answered at once.</summary>
    public Task? Answering { get; set; }

    public int Asked => Volatile.Read(ref _asked);

    public int Refreshed => Volatile.Read(ref _refreshed);

    public static KeyHash Hash(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    public KeyHash Issue(int number)
    {
        lock (_stored)
        {
            _revision++;
            _stored.Add(new VirtualKey { Id = $"key_{number}", TenantId = "acme", Name = "app", Prefix = "lmp_", Hash = Hash(number) });
        }

        return Hash(number);
    }

    public void Revoke(int number)
    {
        lock (_stored)
        {
            _revision++;
            _stored.RemoveAll(k => k.Hash == Hash(number));
        }
    }

    public async Task<long?> FindRevisionAsync(KeyHash hash, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        if (Answering is { } answering)
        {
            await answering;
        }

        lock (_stored)
        {
            return _stored.Exists(k => k.Hash == hash) ? _revision : null;
        }
    }

    public Task RefreshAsync(long atLeast, CancellationToken cancellationToken)
    {
        lock (_stored)
        {
            if (Current.Revision < atLeast)
            {
                Interlocked.Increment(ref _refreshed);
                Current = new TenancySnapshot(_revision, [], _stored, []);
                Changed?.Invoke(Current);
            }
        }

        return Task.CompletedTask;
    }
}
