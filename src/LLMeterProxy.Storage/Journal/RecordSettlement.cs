using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Ledger;

namespace LLMeterProxy.Storage.Journal;

/// <summary>What a journalled record means to the budget store.</summary>
internal static class RecordSettlement
{
    /// <summary>
    /// False for what is free, and for the estimate of a lost call: that one counts when the ledger takes it, because another node may
    /// have charged the call, too, or the true record may turn up.
    /// </summary>
    public static bool Settles(UsageRecord record) => record.Source != UsageSource.Free && !OrphanCorrection.IsOrphanEstimate(record);

    /// <param name="sequence">The record's place in its chain, which is also its place among the tenant's settlements.</param>
    /// <param name="at">UTC, now.</param>
    public static Settlement Of(UsageRecord record, string incarnation, long sequence, bool endsHold, DateTimeOffset at) => new()
    {
        Tenant = record.Tenant,
        Incarnation = incarnation,
        Sequence = sequence,
        ReservationId = record.AttemptId.Parent,
        EndsHold = endsHold,
        Attempt = record.AttemptId.AttemptNumber,
        Cost = record.Cost ?? NanoUsd.Zero,
        Budgets = record.Budgets,
        Tokens = record.Usage.InputTokens + record.Usage.OutputTokens,
        At = at,
    };
}
