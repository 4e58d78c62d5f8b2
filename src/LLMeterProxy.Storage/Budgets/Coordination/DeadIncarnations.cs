using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Ends the holds that dead incarnations left. What another node had under way becomes an estimated charge, never a silent refund;
/// what an earlier run of this node had is told by its own journal, so a hold that is left after its recovery was never dispatched.
/// </summary>
internal sealed class DeadIncarnations(
    IReplicaRegistry registry, ISharedCounters counters, INodeBudgets budgets, MappedJournal journal, ILogger log)
{
    /// <summary>Fences an incarnation of another node and charges what it had under way.</summary>
    public async Task ExpireAsync(string dead, IReadOnlyList<string> slots, CancellationToken cancellationToken)
    {
        var charged = 0;
        foreach (var slot in slots)
        {
            foreach (var hold in await counters.HandOnAsync(slot, dead, journal.Incarnation, cancellationToken))
            {
                charged += TryCharge(hold) ? 1 : 0;
            }
        }

        registry.MarkExpired(dead);
        CoordinationLog.Expired(log, dead, charged);
    }

    /// <summary>
    /// Ends the holds of an earlier incarnation of this node, once its records are in the counters. A hold of a call that still runs
    /// here is kept, one that was taken over from another node is charged.
    /// </summary>
    public async Task ReleaseEarlierAsync(string earlier, IReadOnlyList<string> slots, CancellationToken cancellationToken)
    {
        foreach (var slot in slots)
        {
            foreach (var hold in await counters.HandOnAsync(slot, earlier, journal.Incarnation, cancellationToken))
            {
                if (budgets.IsInFlight(hold.ReservationId))
                {
                    continue;
                }

                if (string.Equals(NodeIdentity.NodeOf(hold.Origin), journal.NodeId))
                {
                    budgets.Release(slot, hold.ReservationId);
                }
                else
                {
                    TryCharge(hold);
                }
            }
        }
    }

    private bool TryCharge(HandedOnHold hold)
    {
        UsageRecord record;
        try
        {
            record = OrphanCharge.Of(hold);
        }
        catch (FormatException e)
        {
            CoordinationLog.UnreadableHold(log, hold.ReservationId.ToString(), e);
            return false;
        }

        // The hold ends when the ledger has the record: until then the room stays taken.
        journal.AppendRecord(record);
        return true;
    }
}
