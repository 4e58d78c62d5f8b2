using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// Where caps and rate limits are enforced. Every implementation passes one contract suite and is a vehicle for the
/// pure <c>BudgetStep</c>; none of them is the truth: each is a cache of the ledger and can be rebuilt from it (I14).
/// </summary>
public interface IBudgetStore
{
    /// <summary>Holds on all levels or on none. Completes synchronously in process. Never throws for an outage: <see cref="ReserveOutcome.Unverifiable"/>.</summary>
    ValueTask<ReserveResult> ReserveAsync(Reservation reservation, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a settlement, in the order of its stream; called under the tenant's journal lock, so it must not block or throw.
    /// A settlement is never refused: a cost above the hold is counted in full (I6).
    /// </summary>
    void Settle(Settlement settlement);

    /// <summary>Ends a hold without spend. Only where it is certain that nothing was sent or billed. Unknown ids change nothing.</summary>
    void Release(string tenant, RequestId reservationId);

    /// <summary>The enforcement's own figures, for the API and the metrics.</summary>
    BudgetBalance Read(BudgetWindowKey key);

    /// <summary>Sets (never adds, A12) what a window has spent, from the ledger: at start-up and when a budget is created.</summary>
    void Load(BudgetWindowKey key, NanoUsd spent);

    /// <summary>Adds what was spent in a window before its budget existed. Once per budget, right after its creation.</summary>
    void Open(BudgetWindowKey key, NanoUsd spentBefore);
}
