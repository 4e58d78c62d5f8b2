namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Makes the counters of a tenant that is new to the epoch. Whether a missing slot is new or lost is known by the ledger, which has
/// every slot that was ever made in the epoch.
/// </summary>
internal sealed class SlotOpening(IReplicaRegistry registry, ISharedCounters counters, EpochGate gate, Func<CounterSlots> slots, TimeProvider time) : IDisposable
{
    private const int Looks = 10;

    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(100);


    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);
    private long _epoch;

    /// <returns>True where the slot is there now; false where it was lost, which is a doubt about the whole store.</returns>
    public async Task<bool> OpenAsync(string slot, CancellationToken cancellationToken)
    {
        var epoch = gate.Number;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (epoch != _epoch)
            {
                _epoch = epoch;
                _opened.Clear();
            }

            // Many calls of a new tenant come at once: the first opens for all.
            if (_opened.Contains(slot))
            {
                return true;
            }

            var isNew = await Task.Run(() => registry.TryClaimSlot(slot, epoch), cancellationToken);
            if (isNew)
            {
                await counters.SetSlotAsync(slot, epoch, registry.ReadFigures(slot, slots().Shared), onlyIfAbsent: true, cancellationToken);
            }
            else if (!await AppearsAsync(slot, epoch, cancellationToken))
            {
                return false;
            }

            _opened.Add(slot);
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    // Another node may have claimed it a moment ago and be about to make it.
    private async Task<bool> AppearsAsync(string slot, long epoch, CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (await counters.HasSlotAsync(slot, epoch, cancellationToken))
            {
                return true;
            }

            await Task.Delay(_betweenLooks, time, cancellationToken);
        }

        return false;
    }
}
