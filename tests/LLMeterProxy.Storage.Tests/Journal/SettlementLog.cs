using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Storage.Tests.Journal;

/// <summary>Keeps the settlements in the order in which they came.</summary>
internal sealed class SettlementLog : IBudgetStore
{
    public ConcurrentQueue<Settlement> All { get; } = new();

    public void Settle(Settlement settlement) => All.Enqueue(settlement);

    public ValueTask<ReserveResult> ReserveAsync(Reservation reservation, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Release(string tenant, RequestId reservationId) => throw new NotSupportedException();

    public bool IsShared => false;

    public ValueTask<BudgetBalance> ReadAsync(BudgetWindowKey key, CancellationToken cancellationToken) => new(Read(key));

    public BudgetBalance Read(BudgetWindowKey key) => throw new NotSupportedException();
}
