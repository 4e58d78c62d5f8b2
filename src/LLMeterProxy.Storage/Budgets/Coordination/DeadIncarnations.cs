using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Ends the holds that nobody ends any more. What another node had under way becomes an estimated charge, never a silent refund; what an
/// earlier run of this node had is told by its own journal, so a hold that is left after its recovery was never dispatched.
/// </summary>
internal sealed class DeadIncarnations(
    IReplicaRegistry registry, CounterScripts scripts, RedisBudgetStore budgets, MappedJournal journal, TimeProvider time, ILogger log)
{
    // The second limit of a hold, for what no heartbeat tells: longer than any call.
    private static readonly TimeSpan _overdue = TimeSpan.FromHours(1);
    private static readonly TimeSpan _abandoned = TimeSpan.FromHours(2);

    /// <summary>Fences an incarnation of another node and charges what it had under way.</summary>
    public async Task ExpireAsync(string dead, IReadOnlyList<string> slots, long epoch)
    {
        var charged = 0;
        foreach (var slot in slots)
        {
            foreach (var hold in await scripts.ExpireAsync(slot, epoch, dead, journal.Incarnation))
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
    public async Task ReleaseEarlierAsync(string earlier, IReadOnlyList<string> slots, long epoch)
    {
        foreach (var slot in slots)
        {
            foreach (var hold in await scripts.ExpireAsync(slot, epoch, earlier, journal.Incarnation))
            {
                if (budgets.IsInFlight(hold.Id))
                {
                    continue;
                }

                if (hold.WasHandedOver)
                {
                    TryCharge(hold);
                }
                else
                {
                    budgets.Release(slot, hold.Id);
                }
            }
        }
    }

    /// <summary>Charges holds older than any call.</summary>
    public async Task ExpireOverdueAsync(IReadOnlyList<string> slots, long epoch)
    {
        var now = time.GetUtcNow();
        foreach (var slot in slots)
        {
            foreach (var hold in await scripts.ExpireOverdueAsync(slot, epoch, now - _overdue, now - _abandoned, journal.Incarnation))
            {
                TryCharge(hold);
            }
        }
    }

    private bool TryCharge(LostHold hold)
    {
        try
        {
            // The hold ends when the ledger has the record: until then the room stays taken.
            journal.AppendRecord(OrphanCharge.Of(hold));
            return true;
        }
        catch (FormatException e)
        {
            CoordinationLog.UnreadableHold(log, hold.Id.ToString(), e);
            return false;
        }
    }
}
