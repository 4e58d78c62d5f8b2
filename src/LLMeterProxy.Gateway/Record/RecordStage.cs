using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Telemetry;

namespace LLMeterProxy.Gateway.Record;

/// <summary>
/// Stage 8: what is known of a call is counted the moment it is journalled, so that metrics equal the ledger. The ledger
/// itself is fed from the journal, off the request path.
/// </summary>
public sealed class RecordStage(GatewayMetrics metrics, MeteringCounters counters)
{
    public void Run(GatewayContext context, UsageRecord record)
    {
        counters.Of(record.Tenant, record.Provider, context.PricedModel is null && record.Model.Length > 0 ? MeteringCounters.OtherModel : record.Model, record.Operation)
            .Count(record);
        metrics.Completed(record);
    }

    /// <summary>A response whose usage could not be recorded in full (A31).</summary>
    public void Gap(GatewayContext context, string reason) =>
        metrics.MeteringGap(context.Provider?.Name ?? "", context.Match?.Route.Operation ?? "", reason);

    public void Refused(GatewayContext context, ProblemCode code) =>
        metrics.Refused(context.Tenant?.Id ?? context.Principal?.Home.Id ?? "", ProblemShape.Name(code));
}
