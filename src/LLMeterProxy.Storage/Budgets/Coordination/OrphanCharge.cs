using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;

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
        return LostCall.Record(
            intent, hold.Id.Attempt(Math.Max(1, hold.Attempt)), Reason, outputTokens: 0, intent.Hold, [HoldCharge.Line(intent.Hold)]);
    }
}
