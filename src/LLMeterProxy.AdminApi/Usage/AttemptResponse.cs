using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>One dispatch of a call to an upstream, or a correction of one.</summary>
/// <param name="Attempt">1, 2, 3, …; 0 for a correction.</param>
/// <param name="Status">The upstream's HTTP status; null where none arrived.</param>
/// <param name="Corrects">For a correction: the attempt that it corrects.</param>
public sealed record AttemptResponse(
    string AttemptId,
    int Attempt,
    string Channel,
    string Provider,
    string? ModelBilled,
    int? Status,
    string Outcome,
    string Source,
    string? Reason,
    long? CostNanoUsd,
    string? CostUsd,
    string PriceVersion,
    TimingsResponse Timings,
    string? Corrects)
{
    internal static AttemptResponse Of(UsageRecord record) => new(
        record.AttemptId.ToString(),
        record.AttemptId.AttemptNumber,
        WireNames<UsageChannel>.Of(record.Channel),
        record.Provider,
        record.ModelBilled,
        record.Status == 0 ? null : record.Status,
        WireNames<RequestOutcome>.Of(record.Outcome),
        WireNames<UsageSource>.Of(record.Source),
        record.Reason,
        record.Cost?.Value,
        record.Cost?.ToUsdString(),
        record.PriceVersion,
        TimingsResponse.Of(record.Timings),
        record.Corrects?.ToString());
}
