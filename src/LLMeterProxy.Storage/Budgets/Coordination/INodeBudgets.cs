using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>This node's side of the counter store, as the coordinator needs it.</summary>
public interface INodeBudgets
{
    /// <summary>Queues a settlement.</summary>
    void Settle(Settlement settlement);

    void Release(string tenant, RequestId reservationId);

    /// <summary>True while a call of this node rests on the hold.</summary>
    bool IsInFlight(RequestId reservationId);

    /// <summary>Queues this node's holds in flight behind the settlements so far, to be made anew without a check.</summary>
    void RestoreHolds();

    /// <summary>Completes when all that is queued so far is applied.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
