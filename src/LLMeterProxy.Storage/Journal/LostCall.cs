using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Storage.Journal;

/// <summary>The record of a call of which its intent is all that is left: an estimate under the attempt's own id.</summary>
internal static class LostCall
{
    /// <param name="reason">Why nothing else is left (<see cref="Ledger.OrphanCorrection.IsOrphanEstimate"/> knows the reasons).</param>
    /// <param name="outputTokens">What is assumed beside the bound of the input.</param>
    public static UsageRecord Record(
        UsageIntent intent, RequestId attemptId, string reason, long outputTokens, NanoUsd? cost, IReadOnlyList<CostLine> lines) => new()
        {
            AttemptId = attemptId,
            Tenant = intent.Tenant,
            KeyId = intent.KeyId,
            Provider = intent.Provider,
            Operation = intent.Operation,
            ModelRequested = intent.ModelRequested,
            Model = intent.Model,
            Stream = intent.Stream,
            Outcome = RequestOutcome.Truncated,
            Source = UsageSource.Estimated,
            Reason = reason,
            Usage = new TokenUsage
            {
                InputTokens = intent.InputTokensBound,
                UncachedInputTokens = intent.InputTokensBound,
                OutputTokens = outputTokens,
            },
            Lines = lines,
            Cost = cost,
            Billed = cost,
            PriceVersion = intent.PriceVersion,
            Hold = intent.Hold,
            Budgets = intent.Budgets,
            EndUser = intent.EndUser,
            Tags = intent.Tags,
            Flags = cost is null ? [UsageFlags.Truncated, UsageFlags.Unpriced] : [UsageFlags.Truncated],

            // Nobody knows when it ended, and until now would count the time that the node was down.
            Timings = new RequestTimings(intent.DispatchedAt, 0, null, 0),
        };
}
