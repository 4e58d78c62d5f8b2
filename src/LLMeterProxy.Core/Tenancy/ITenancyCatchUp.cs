namespace LLMeterProxy.Core.Tenancy;

/// <summary>
/// Makes this node's snapshot as new as the store, for whoever changes things through several nodes in turn. Never on the way of
/// forwarded calls.
/// </summary>
public interface ITenancyCatchUp
{
    /// <summary>Returns when <see cref="ITenancySnapshotSource.Current"/> has all that was committed before the call, by any node.</summary>
    /// <exception cref="Ledger.LedgerUnavailableException">The store cannot be reached; the snapshot is the last good one.</exception>
    Task CatchUpAsync(CancellationToken cancellationToken);
}
