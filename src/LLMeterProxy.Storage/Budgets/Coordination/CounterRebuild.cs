using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Sets the counters of the store anew from one snapshot of the ledger, under a new epoch. Counters are set and never added to (A12), and
/// each carries up to where it contains each stream, so that whatever a node sends again counts once.
/// </summary>
internal sealed class CounterRebuild(IReplicaRegistry registry, CounterScripts scripts, Func<CounterSlots> slots, TimeProvider time, ILogger log)
{
    // Enough to keep the connection busy, few enough that no answer waits for the time-out.
    private const int AtOnce = 32;

    /// <returns>False where another node began an epoch first.</returns>
    public async Task<bool> RunAsync(long from, string store, string by)
    {
        if (!registry.TryRaise(from, store, by))
        {
            return false;
        }

        var number = from + 1;
        var started = time.GetTimestamp();
        CoordinationLog.Rebuilding(log, from);
        await scripts.LoadAsync();
        var known = slots();
        var figures = registry.ReadFigures(known.Shared);
        HashSet<string> all = [.. known.All, .. figures.Slots.Keys];

        // Claimed first: a slot that is claimed and missing means a loss, so a rebuild that dies half-way is done again.
        registry.ClaimSlots(all, number);
        foreach (var some in all.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(slot => scripts.SetAsync(figures.Of(slot), number, onlyWhereAbsent: false)));
        }

        if (!registry.TryMarkBuilt(number, figures))
        {
            return false;
        }

        CoordinationLog.Rebuilt(log, all.Count, number, (long)time.GetElapsedTime(started).TotalMilliseconds);
        return true;
    }
}
