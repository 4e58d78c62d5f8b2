using LLMeterProxy.Storage.Budgets.Redis;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Makes the counters of a tenant that is new to the epoch. Whether a missing slot is new or lost is known by the ledger, which has
/// every slot that was ever made in the epoch.
/// </summary>
public sealed class SlotOpener(IReplicaRegistry registry, BudgetScriptClient scripts, Func<CounterSlots> slots, TimeProvider time) : ISlotOpener
{
    private const int Looks = 20;

    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async ValueTask OpenAsync(string slot, long epoch, CancellationToken cancellationToken)
    {
        if (await Task.Run(() => registry.TryClaimSlot(slot, epoch), cancellationToken))
        {
            var figures = await Task.Run(() => registry.ReadFigures(slot, slots().Shared), cancellationToken);

            // Claimed, it has to be made: a claimed slot that is missing means a loss to everybody else.
            for (var tries = 0; tries < Looks && !IsDone(await scripts.RebuildAsync(figures, epoch, onlyWhereAbsent: true)); tries++)
            {
                await Task.Delay(_betweenLooks, time, cancellationToken);
            }

            return;
        }

        // Another node may have claimed it a moment ago and be about to make it.
        for (var look = 0; look < Looks && (await scripts.ReadAllAsync(slot, epoch)).Status == ScriptStatus.Absent; look++)
        {
            await Task.Delay(_betweenLooks, time, cancellationToken);
        }
    }

    private static bool IsDone(ScriptStatus status) => status is ScriptStatus.Ok or ScriptStatus.Epoch;
}
