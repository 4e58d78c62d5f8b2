using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>A usage record. Money is USD as decimal strings beside int64 nano-USD; null means unpriced, never 0.</summary>
public sealed record RecordResponse
{
    /// <summary>The id of the call: what the response header <c>x-llmeter-request-id</c> said.</summary>
    public required string RequestId { get; init; }

    /// <summary>The attempt that this record is of.</summary>
    public required string AttemptId { get; init; }

    public required string Tenant { get; init; }

    public required string KeyId { get; init; }

    public required string Provider { get; init; }

    public required string Operation { get; init; }

    /// <summary><c>proxy</c>, <c>event</c> or <c>adjustment</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>As the client wrote it.</summary>
    public required string ModelRequested { get; init; }

    /// <summary>As the response named it; null where it named none.</summary>
    public string? ModelBilled { get; init; }

    /// <summary>The canonical id, which policy, budgets and metrics use.</summary>
    public required string Model { get; init; }

    public bool Stream { get; init; }

    /// <summary>The upstream's HTTP status; null where none arrived.</summary>
    public int? Status { get; init; }

    /// <summary><c>completed</c>, <c>upstream_error</c>, <c>client_aborted</c>, <c>truncated</c> or <c>timeout</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary><c>reported</c>, <c>estimated</c>, <c>partial</c>, <c>free</c> or <c>unbilled</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Why the figures are estimated or corrected.</summary>
    public string? Reason { get; init; }

    public required TokenUsageResponse Usage { get; init; }

    public required IReadOnlyList<CostLineResponse> Lines { get; init; }

    public long? CostNanoUsd { get; init; }

    public string? CostUsd { get; init; }

    public long? BilledNanoUsd { get; init; }

    public string? BilledUsd { get; init; }

    /// <summary>What the provider itself stated; null where it stated nothing.</summary>
    public long? ProviderCostNanoUsd { get; init; }

    /// <summary>What was reserved before the call.</summary>
    public long HoldNanoUsd { get; init; }

    public required string PriceVersion { get; init; }

    /// <summary>For an adjustment by a later price book: the version that priced the call until then.</summary>
    public string? PreviousPriceVersion { get; init; }

    public string? ServiceTier { get; init; }

    /// <summary>The speed that multiplies the price, as the response says.</summary>
    public string? Speed { get; init; }

    /// <summary>The region that multiplies the price.</summary>
    public string? InferenceGeo { get; init; }

    /// <summary>The provider's id of the response.</summary>
    public string? ResponseId { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public string? EndUser { get; init; }

    public required TimingsResponse Timings { get; init; }

    /// <summary>Every attempt of the call, oldest first.</summary>
    public required IReadOnlyList<AttemptResponse> Attempts { get; init; }

    /// <summary>Corrections of the attempts; they are in the sums of usage, not in the figures above.</summary>
    public required IReadOnlyList<AttemptResponse> Corrections { get; init; }

    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>For a correction: the attempt that it corrects.</summary>
    public string? Corrects { get; init; }

    /// <param name="call">All records of the record's call.</param>
    internal static RecordResponse Of(UsageRecord record, IReadOnlyList<UsageRecord> call)
    {
        // A header may repeat a tag; the last one is the one that counts.
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in record.Tags)
        {
            tags[name] = value;
        }

        return new RecordResponse
        {
            RequestId = record.AttemptId.Parent.ToString(),
            AttemptId = record.AttemptId.ToString(),
            Tenant = record.Tenant,
            KeyId = record.KeyId,
            Provider = record.Provider,
            Operation = record.Operation,
            Channel = WireNames<UsageChannel>.Of(record.Channel),
            ModelRequested = record.ModelRequested,
            ModelBilled = record.ModelBilled,
            Model = record.Model,
            Stream = record.Stream,
            Status = record.Status == 0 ? null : record.Status,
            Outcome = WireNames<RequestOutcome>.Of(record.Outcome),
            Source = WireNames<UsageSource>.Of(record.Source),
            Reason = record.Reason,
            Usage = TokenUsageResponse.Of(record.Usage),
            Lines = [.. record.Lines.Select(CostLineResponse.Of)],
            CostNanoUsd = record.Cost?.Value,
            CostUsd = record.Cost?.ToUsdString(),
            BilledNanoUsd = record.Billed?.Value,
            BilledUsd = record.Billed?.ToUsdString(),
            ProviderCostNanoUsd = record.ProviderCost?.Value,
            HoldNanoUsd = record.Hold.Value,
            PriceVersion = record.PriceVersion,
            PreviousPriceVersion = record.PreviousPriceVersion,
            ServiceTier = record.ServiceTier,
            Speed = record.Speed,
            InferenceGeo = record.InferenceGeo,
            ResponseId = record.ResponseId,
            Tags = tags,
            EndUser = record.EndUser,
            Timings = TimingsResponse.Of(record.Timings),
            Attempts = [.. call.Where(IsAttempt).Select(AttemptResponse.Of)],
            Corrections = [.. call.Where(r => !IsAttempt(r)).Select(AttemptResponse.Of)],
            Flags = record.Flags,
            Corrects = record.Corrects?.ToString(),
        };
    }

    internal static bool IsAttempt(UsageRecord record) => record.Channel != UsageChannel.Adjustment;
}
