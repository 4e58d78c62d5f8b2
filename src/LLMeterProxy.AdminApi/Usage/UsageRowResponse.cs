using System.Text.Json.Serialization;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>One group of a usage answer; only the fields that were grouped by are there. Tokens as in records, money is USD as decimal strings.</summary>
public sealed record UsageRowResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tenant { get; init; }

    /// <summary>The key's id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Provider { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Operation { get; init; }

    /// <summary><c>2026-11-24</c> in the query's zone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Day { get; init; }

    /// <summary><c>2026-11-24T13:00</c> in the query's zone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hour { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tag { get; init; }

    /// <summary>Counts records but adjustments and free ones.</summary>
    public long Requests { get; init; }

    public long InputTokens { get; init; }

    public long UncachedInputTokens { get; init; }

    public long CacheReadTokens { get; init; }

    public long CacheWrite5mTokens { get; init; }

    public long CacheWrite1hTokens { get; init; }

    public long OutputTokens { get; init; }

    public long ReasoningTokens { get; init; }

    public required string CostUsd { get; init; }

    public required string BilledUsd { get; init; }

    public long CostNanoUsd { get; init; }

    public long BilledNanoUsd { get; init; }

    /// <summary>How many of the requests have estimated figures.</summary>
    public long EstimatedRequests { get; init; }

    /// <summary>How many of the requests have no price; they are not in the cost.</summary>
    public long UnpricedRequests { get; init; }

    internal static UsageRowResponse Of(UsageRow row, IReadOnlyList<UsageGroup> groupBy)
    {
        string? Value(UsageGroup group)
        {
            for (var i = 0; i < groupBy.Count; i++)
            {
                if (groupBy[i] == group)
                {
                    return row.Group[i];
                }
            }

            return null;
        }

        return new UsageRowResponse
        {
            Tenant = Value(UsageGroup.Tenant),
            Key = Value(UsageGroup.Key),
            Provider = Value(UsageGroup.Provider),
            Model = Value(UsageGroup.Model),
            Operation = Value(UsageGroup.Operation),
            Day = Value(UsageGroup.Day),
            Hour = Value(UsageGroup.Hour),
            Tag = Value(UsageGroup.Tag),
            Requests = row.Requests,
            InputTokens = row.InputTokens,
            UncachedInputTokens = row.UncachedInputTokens,
            CacheReadTokens = row.CacheReadTokens,
            CacheWrite5mTokens = row.CacheWrite5mTokens,
            CacheWrite1hTokens = row.CacheWrite1hTokens,
            OutputTokens = row.OutputTokens,
            ReasoningTokens = row.ReasoningTokens,
            CostUsd = row.Cost.ToUsdString(),
            BilledUsd = row.Billed.ToUsdString(),
            CostNanoUsd = row.Cost.Value,
            BilledNanoUsd = row.Billed.Value,
            EstimatedRequests = row.EstimatedRequests,
            UnpricedRequests = row.UnpricedRequests,
        };
    }
}
