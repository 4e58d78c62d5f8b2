using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>
/// A settlement that the ledger itself sends to the counters, because it counts something otherwise than the journals' streams:
/// with it, at rest, the counters have what the ledger has, whatever came first.
/// </summary>
/// <param name="Stream">The tenant, or the slot of global budgets.</param>
/// <param name="EndedHold">The parent id whose hold ends; null for a mere change of the sum.</param>
/// <param name="Cost">Nano-USD; negative takes back what a stream brought.</param>
internal readonly record struct LedgerEmission(
    string Stream, RequestId? EndedHold, long Cost, IReadOnlyList<BudgetWindowKey> Budgets)
{
    /// <summary>An orphan's estimate that counts: nobody else may tell of it, because an attempt may be estimated twice.</summary>
    public static LedgerEmission OfEstimate(UsageRecord estimate) => new(
        estimate.Tenant,
        estimate.AttemptId.Parent,
        estimate.Cost?.Value ?? 0,
        estimate.Budgets);

    /// <summary>An orphan's estimate that does not count: its call's hold ends all the same.</summary>
    public static LedgerEmission OfDisplacedEstimate(UsageRecord estimate) => new(estimate.Tenant, estimate.AttemptId.Parent, 0, estimate.Budgets);

    /// <summary>A record that is not counted though its stream brings its cost: takes the cost back. Null where there is none.</summary>
    public static LedgerEmission? OfUncounted(UsageRecord record) =>
        RecordSettlement.Settles(record) && record.Cost is { Value: not 0 } cost
            ? new LedgerEmission(record.Tenant, null, -cost.Value, record.Budgets)
            : null;

    /// <summary>A correction by the ledger: its stream brings the actual cost, so what is missing is the rest. Null where nothing is.</summary>
    public static LedgerEmission? OfCorrection(UsageRecord actual, UsageRecord correction)
    {
        var brought = RecordSettlement.Settles(actual) ? actual.Cost?.Value ?? 0 : 0;
        var missing = (correction.Cost?.Value ?? 0) - brought;
        return missing == 0 ? null : new LedgerEmission(actual.Tenant, null, missing, correction.Budgets);
    }
}
