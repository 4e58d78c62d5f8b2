using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Storage.Tenancy.Lookup;

/// <summary>Where every issued key is, and the snapshot that is made from it.</summary>
public interface IKeyDirectory : ITenancySnapshotSource
{
    /// <summary>Asks the store itself.</summary>
    /// <returns>A revision of which a snapshot has the key; null where no live key has this hash.</returns>
    Task<long?> FindRevisionAsync(KeyHash hash, CancellationToken cancellationToken);

    /// <summary>Returns when <see cref="ITenancySnapshotSource.Current"/> is of this revision or a later one. Concurrent calls share the work.</summary>
    Task RefreshAsync(long atLeast, CancellationToken cancellationToken);
}
