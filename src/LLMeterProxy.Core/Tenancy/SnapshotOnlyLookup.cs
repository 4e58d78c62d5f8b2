namespace LLMeterProxy.Core.Tenancy;

/// <summary>For a node that nobody shares its store with: what its snapshot does not have does not exist.</summary>
public sealed class SnapshotOnlyLookup : IKeyLookup
{
    /// <inheritdoc/>
    public ValueTask<KeyLookupResult> FindAsync(KeyHash hash, CancellationToken cancellationToken) => new(KeyLookupResult.Unknown);
}
