using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Tenancy;
using LLMeterProxy.Storage.Tenancy.Lookup;

namespace LLMeterProxy.Storage.Tests.Tenancy;

/// <summary>Counts how often the store behind it was asked for a key.</summary>
internal sealed class CountedDirectory(TenancyStore store) : IKeyDirectory
{
    private int _asked;

    public event Action<TenancySnapshot> Changed
    {
        add => store.Changed += value;
        remove => store.Changed -= value;
    }

    public int Asked => Volatile.Read(ref _asked);

    public TenancySnapshot Current => store.Current;

    public Task<long?> FindRevisionAsync(KeyHash hash, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        return store.FindRevisionAsync(hash, cancellationToken);
    }

    public Task RefreshAsync(long atLeast, CancellationToken cancellationToken) => store.RefreshAsync(atLeast, cancellationToken);
}
