using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Ledger.Postgres;

namespace LLMeterProxy.Features.Budgets;

/// <summary>Counters in this process that answer for a cap only while no other node can be working on the same ledger.</summary>
internal sealed class SingleNodeBudgetStore(InProcessBudgetStore store, Lazy<SingleNodeLock> nodeLock) : IBudgetStore
{
    public bool IsShared => false;

    public ValueTask<ReserveResult> ReserveAsync(Reservation reservation, CancellationToken cancellationToken) =>
        nodeLock.Value.IsHeld ? store.ReserveAsync(reservation, cancellationToken) : new(new ReserveResult(ReserveOutcome.Unverifiable));

    public void Settle(Settlement settlement) => store.Settle(settlement);

    public void Release(string tenant, RequestId reservationId) => store.Release(tenant, reservationId);

    public BudgetBalance Read(BudgetWindowKey key) => store.Read(key);

    public ValueTask<BudgetBalance> ReadAsync(BudgetWindowKey key, CancellationToken cancellationToken) => store.ReadAsync(key, cancellationToken);
}
