using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>The journal, as what remembers the settlements that the budget store does not have yet.</summary>
public interface IUnsettledSource
{
    /// <summary>
    /// Every settlement of this node's streams that was journalled before this call and is not known to be applied in this
    /// epoch, in the order of each stream without a gap. More than that does no harm: what is applied is ignored. In a new
    /// epoch that is all that the rebuild's snapshot of the ledger did not contain.
    /// </summary>
    IAsyncEnumerable<Settlement> ReadAsync(long epoch, CancellationToken cancellationToken);

    /// <summary>A settlement is applied in every slot that it concerns; told in the order of each stream. Must not block or throw.</summary>
    void Applied(Settlement settlement, long epoch);
}
