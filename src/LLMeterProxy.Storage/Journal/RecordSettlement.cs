using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Journal;

/// <summary>What a journalled record means to the budget store.</summary>
internal static class RecordSettlement
{
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
