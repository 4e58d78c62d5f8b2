using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>Opens slots through an opener that may be slow or fail, because it asks the ledger. Calls that meet share one opening.</summary>
internal sealed class SlotOpening(ISlotOpener opener, RedisBudgetOptions options, TimeProvider time, ILogger log)
{
    private readonly ConcurrentDictionary<(string Slot, long Epoch), Lazy<Task>> _running = new();

    /// <returns>
    /// True where the opener answered: the slot is there now, whoever opened it, or its state was lost. False where nobody can say.
    /// </returns>
    public async ValueTask<bool> TryAsync(string slot, long epoch)
    {
        var opening = _running.GetOrAdd((slot, epoch), key => new Lazy<Task>(() => OpenAsync(key.Slot, key.Epoch)));
        try
        {
            // Beyond the time-out it goes on, and whoever asks next finds the slot open.
            await opening.Value.WaitAsync(options.OperationTimeout, time);
            return true;
        }
        catch (Exception e)
        {
            RedisBudgetLog.NotOpened(log, e, slot);
            return false;
        }
    }

    private async Task OpenAsync(string slot, long epoch)
    {
        try
        {
            await opener.OpenAsync(slot, epoch, CancellationToken.None);
        }
        finally
        {
            _running.TryRemove((slot, epoch), out _);
        }
    }
}
