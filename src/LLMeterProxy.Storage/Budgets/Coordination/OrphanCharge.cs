using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Budgets.Redis;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// The record of a call whose node is lost: nobody knows what it used, so it is charged at its hold, flagged as an estimate under the
/// attempt's own id. Should the node come back, its own record of the attempt corrects it.
/// </summary>
internal static class OrphanCharge
{
    public const string Reason = "orphaned";

    /// <exception cref="FormatException">The hold's intent cannot be read.</exception>
    public static UsageRecord Of(LostHold hold)
    {
        var intent = UsageIntentCodec.Decode(hold.Intent.Span);
        return new UsageRecord
        {
            AttemptId = hold.Id.Attempt(Math.Max(1, hold.Attempt)),
            Tenant = intent.Tenant,
            KeyId = intent.KeyId,
            Provider = intent.Provider,
            Operation = intent.Operation,
            ModelRequested = intent.ModelRequested,
            Model = intent.Model,
            Stream = intent.Stream,
            Outcome = RequestOutcome.Truncated,
            Source = UsageSource.Estimated,
            Reason = Reason,
            Usage = new TokenUsage { InputTokens = intent.InputTokensBound, UncachedInputTokens = intent.InputTokensBound },
            Lines = [HoldCharge.Line(intent.Hold)],
            Cost = intent.Hold,
            Billed = intent.Hold,
            PriceVersion = intent.PriceVersion,
            Hold = intent.Hold,
            Budgets = intent.Budgets,
            EndUser = intent.EndUser,
            Tags = intent.Tags,
            Flags = [UsageFlags.Truncated],
            Timings = new RequestTimings(intent.DispatchedAt, 0, null, 0),
        };
    }
}
