using LLMeterProxy.Core.Ids;

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

    /// <summary>
    /// True where other nodes enforce the same counters: a hold then carries its intent, because they charge it should this node
    /// be lost with its disk.
    /// </summary>
    bool IsShared { get; }

    /// <summary>The figures of the latest answer that this node had from the enforcement, without I/O: for gauges and headers.</summary>
    BudgetBalance Read(BudgetWindowKey key);

    /// <summary>The enforcement's own figures now, so that the API and a refusal agree (A16); the latest known ones in an outage.</summary>
    ValueTask<BudgetBalance> ReadAsync(BudgetWindowKey key, CancellationToken cancellationToken);
}
