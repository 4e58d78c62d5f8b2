using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Features;

/// <summary>Caps in memory on a ledger that others can reach: nothing is admitted by them while it is not certain that this node is alone.</summary>
internal sealed class SingleNodeBudgets(IBudgetStore inner, Func<bool> isAlone) : IBudgetStore
{
    public bool IsShared => false;

    public ValueTask<ReserveResult> ReserveAsync(Reservation reservation, CancellationToken cancellationToken) =>
        isAlone() ? inner.ReserveAsync(reservation, cancellationToken) : new(new ReserveResult(ReserveOutcome.Unverifiable));

    public void Settle(Settlement settlement) => inner.Settle(settlement);

    public void Release(string tenant, RequestId reservationId) => inner.Release(tenant, reservationId);

    public BudgetBalance Read(BudgetWindowKey key) => inner.Read(key);

    public ValueTask<BudgetBalance> ReadAsync(BudgetWindowKey key, CancellationToken cancellationToken) => inner.ReadAsync(key, cancellationToken);
}
