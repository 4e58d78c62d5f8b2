using System.Runtime.InteropServices;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>
/// Applies settlements in every slot that they concern, many a call: the foreign slots first and the tenant's own last, so that
/// whatever breaks off between them leaves the hold that knows the others. Applying them again changes nothing; so a round is
/// repeated as a whole until it went through, and the next one of the same streams starts after that.
/// </summary>
internal sealed class SettlementRound(
    BudgetScriptClient scripts,
    BudgetEpoch gate,
    SlotOpening opening,
    HoldsInFlight holds,
    LatestBalances balances,
    IBudgetObserver observer)
{
    private const int MostPerCall = 128;

    /// <returns>False where some slot did not take it: again.</returns>
    public async Task<bool> TryApplyAsync(IReadOnlyList<Settlement> settlements, long epoch)
    {
        var overshoots = new NanoUsd[settlements.Count];
        var (foreign, own) = (new Dictionary<string, List<int>>(StringComparer.Ordinal), new Dictionary<string, List<int>>(StringComparer.Ordinal));
        for (var i = 0; i < settlements.Count; i++)
        {
            Sort(settlements[i], i, foreign, own);
        }

        var others = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        if (!await ApplyAsync(foreign, null) || !await ApplyAsync(own, others) || !await ApplyAsync(others, null))
        {
            return false;
        }

        for (var i = 0; i < settlements.Count; i++)
        {
            if (overshoots[i] > NanoUsd.Zero)
            {
                observer.Overshoot(settlements[i].Tenant, overshoots[i]);
            }
        }

        return true;

        async Task<bool> ApplyAsync(Dictionary<string, List<int>> bySlot, Dictionary<string, List<int>>? found)
        {
            var slots = await Task.WhenAll(bySlot.Select(slot => ApplyOnAsync(slot.Key, slot.Value, settlements, overshoots, epoch)));
            foreach (var slot in slots)
            {
                if (slot is null)
                {
                    return false;
                }

                // A hold that this node did not know held elsewhere, too.
                foreach (var (name, index) in slot)
                {
                    if (found is not null && (!foreign.TryGetValue(name, out var done) || !done.Contains(index)))
                    {
                        Add(found, name, index);
                    }
                }
            }

            return true;
        }
    }

    private static void Add(Dictionary<string, List<int>> bySlot, string slot, int index)
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(bySlot, slot, out _);
        list ??= [];
        if (list.Count == 0 || list[^1] != index)
        {
            list.Add(index);
        }
    }

    private void Sort(Settlement settlement, int index, Dictionary<string, List<int>> foreign, Dictionary<string, List<int>> own)
    {
        Add(own, settlement.Tenant, index);
        for (var i = 0; i < settlement.Budgets.Count; i++)
        {
            if (!string.Equals(settlement.Budgets[i].Slot, settlement.Tenant))
            {
                Add(foreign, settlement.Budgets[i].Slot, index);
            }
        }

        if (holds.Find(settlement.ReservationId) is { } hold)
        {
            foreach (var slot in hold.Foreign)
            {
                Add(foreign, slot, index);
            }
        }
    }

    /// <returns>The other slots of the holds that ended, by the settlement's index; null where it did not go through.</returns>
    private async Task<List<(string Slot, int Index)>?> ApplyOnAsync(
        string slot, List<int> indexes, IReadOnlyList<Settlement> settlements, NanoUsd[] overshoots, long epoch)
    {
        var others = new List<(string Slot, int Index)>();
        for (var from = 0; from < indexes.Count; from += MostPerCall)
        {
            var part = indexes.GetRange(from, Math.Min(MostPerCall, indexes.Count - from));
            var reply = await SettleAsync(slot, [.. part.Select(i => settlements[i])], epoch);
            if (reply.Status != ScriptStatus.Ok)
            {
                Judge(reply, slot);
                return null;
            }

            balances.Set(reply.Balances);
            for (var i = 0; i < part.Count; i++)
            {
                var effect = reply.Effects[i];
                overshoots[part[i]] = NanoUsd.Max(overshoots[part[i]], effect.Overshoot);
                others.AddRange(effect.Slots.Select(other => (other, part[i])));
            }
        }

        return others;
    }

    private void Judge(in SettleReply reply, string slot)
    {
        if (reply.Status == ScriptStatus.Failed)
        {
            // What is stored there is not what the protocol wrote, and one slot must not hold up all others for ever.
            gate.Doubt(EpochDoubt.SlotLost, $"{slot}: {reply.Detail}");
        }

        gate.Judge(reply.Status, slot);
    }

    private async Task<SettleReply> SettleAsync(string slot, IReadOnlyList<Settlement> settlements, long epoch)
    {
        var reply = await scripts.SettleAsync(slot, epoch, settlements);
        if (reply.Status != ScriptStatus.Absent || !await opening.TryAsync(slot, epoch))
        {
            return reply;
        }

        reply = await scripts.SettleAsync(slot, epoch, settlements);
        gate.Judge(reply.Status, slot, wasOpened: true);
        return reply;
    }
}
