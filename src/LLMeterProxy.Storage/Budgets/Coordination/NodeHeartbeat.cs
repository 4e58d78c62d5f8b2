using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>Says that this node lives and hears who else does; each answer also tells the store's clock.</summary>
internal sealed class NodeHeartbeat(CounterScripts scripts, BudgetEpoch gate, MappedJournal journal, ClockMeasurement clock, TimeProvider time)
{
    private volatile NodeBeats? _latest;

    /// <summary>What the store last said; null before the first answer.</summary>
    public NodeBeats? Latest => _latest;

    /// <exception cref="BudgetStoreUnavailableException">The store does not answer.</exception>
    public async Task BeatAsync()
    {
        var sent = time.GetUtcNow();
        var beats = await scripts.BeatAsync(journal.Incarnation);
        clock.Take(beats, sent);
        _latest = beats;
    }

    /// <summary>Beats whatever the coordinator is at: a rebuild or the end of a dead node may take longer than the silence that means death.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(Liveness.Interval / 2, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!gate.State.IsVerified || cancellationToken.IsCancellationRequested)
            {
                continue;
            }

            try
            {
                await BeatAsync();
            }
            catch (BudgetStoreUnavailableException)
            {
                // The coordinator finds out, too, and says so.
            }
        }
    }
}
