namespace LLMeterProxy.Core.Tenancy;

/// <summary>
/// Asks whether a key that this node's snapshot does not have was issued elsewhere a moment ago. Not on the way of calls with a
/// known key; safe against floods of keys that nobody ever issued.
/// </summary>
public interface IKeyLookup
{
    /// <param name="hash">Of a well-formed key that <see cref="ITenancySnapshotSource.Current"/> does not have.</param>
    /// <exception cref="OperationCanceledException">The caller went away; the look-up goes on for others.</exception>
    ValueTask<KeyLookupResult> FindAsync(KeyHash hash, CancellationToken cancellationToken);
}
