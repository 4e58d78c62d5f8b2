using System.Runtime.CompilerServices;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// The journal as the memory of what the counters lack: in an epoch, whatever was not shipped when its counters were set; in a store that
/// was away, whatever it has not confirmed.
/// </summary>
/// <param name="journal">Deferred, because the journal settles on the store that reads it here.</param>
public sealed class JournalUnsettled(IReplicaRegistry registry, Func<MappedJournal> journal, TimeProvider time) : IUnsettledSource
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<Settlement> ReadAsync(long epoch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var own = journal();
        var (from, incarnations) = await Task.Run(() => (PositionIn(epoch, own), OwnUnclosed(own)), cancellationToken);
        foreach (var settlement in new JournalSettlements(own, time).Read(from, incarnations))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return settlement;
        }
    }

    /// <inheritdoc/>
    public void Applied(Settlement settlement, long epoch)
    {
        // How far the store is, the coordinator finds out by flushes.
    }

    private JournalPosition PositionIn(long epoch, MappedJournal own) =>
        registry.ReadEpoch() is { } current && current.Number == epoch
            ? current.Positions.GetValueOrDefault(own.NodeId, JournalPosition.Start)
            : throw new InvalidOperationException($"Epoch {epoch} is over.");

    private HashSet<string> OwnUnclosed(MappedJournal own) => registry.ReadUnclosed()
        .Where(i => string.Equals(i.NodeId, own.NodeId))
        .Select(i => i.Incarnation)
        .ToHashSet(StringComparer.Ordinal);
}
