using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Storage.Budgets.Redis;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

/// <summary>Stands in for the journal: remembers, in order, what a test journals, and what was applied.</summary>
internal sealed class RememberedSettlements : IUnsettledSource
{
    private readonly List<Settlement> _journalled = [];

    public ConcurrentQueue<(Settlement Settlement, long Epoch)> AppliedOnes { get; } = new();

    public int Reads { get; private set; }

    /// <summary>Journals a settlement, which is then handed to the store under the same lock, as the journal does.</summary>
    public void Add(Settlement settlement, Action<Settlement> settle)
    {
        lock (_journalled)
        {
            _journalled.Add(settlement);
            settle(settlement);
        }
    }

    public async IAsyncEnumerable<Settlement> ReadAsync(long epoch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        Settlement[] all;
        lock (_journalled)
        {
            Reads++;
            all = [.. _journalled];
        }

        foreach (var settlement in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return settlement;
        }
    }

    public void Applied(Settlement settlement, long epoch) => AppliedOnes.Enqueue((settlement, epoch));
}
