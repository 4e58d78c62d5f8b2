using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Finds out whether the store is that of the ledger's epoch, and sets it anew where it is not. The gate is verified by nothing else.
/// </summary>
internal sealed class Epochs(
    IReplicaRegistry registry, CounterScripts scripts, CounterRebuild rebuild, BudgetEpoch gate, MappedJournal journal, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _staleBuild = TimeSpan.FromSeconds(30);

    private long _lost;

    /// <summary>The store is the epoch's and yet has lost something (a flushed database, a counter that went back).</summary>
    public void Lost() => Interlocked.Exchange(ref _lost, gate.State.Number);

    /// <returns>The epoch that the gate is verified in; null where it is not, for now.</returns>
    public async Task<CounterEpoch?> VerifyAsync()
    {
        var doubts = gate.Doubts;
        var store = await scripts.ReadStoreAsync();
        var epoch = registry.ReadEpoch();
        if (epoch is null || epoch.Number == Interlocked.Read(ref _lost) || !IsOf(epoch, store) || IsAbandoned(epoch))
        {
            if (!await rebuild.RunAsync(epoch?.Number ?? 0, store, journal.Incarnation))
            {
                return null;
            }

            epoch = registry.ReadEpoch()!;
        }

        if (epoch.Phase == EpochPhase.Building || !IsOf(epoch, store))
        {
            return null;
        }

        if (epoch.Positions.GetValueOrDefault(journal.NodeId).Segment is > 0 and var from && journal.Oldest.Segment > from)
        {
            // What the figures lack of this journal is shipped and gone from it; figures of now have it.
            Interlocked.Exchange(ref _lost, epoch.Number);
            return null;
        }

        await scripts.LoadAsync();
        if (!gate.TryVerify(epoch.Number, doubts))
        {
            return null;
        }

        CoordinationLog.Verified(log, epoch.Number);
        return epoch;
    }

    private static bool IsOf(CounterEpoch epoch, string store) => string.Equals(epoch.Store, store, StringComparison.Ordinal);

    /// <summary>The node that sets the counters died over it, this process in an earlier attempt included.</summary>
    private bool IsAbandoned(CounterEpoch epoch) => epoch.Phase == EpochPhase.Building
        && (string.Equals(epoch.RaisedBy, journal.Incarnation) || time.GetUtcNow() - epoch.RaisedAt > _staleBuild);
}
