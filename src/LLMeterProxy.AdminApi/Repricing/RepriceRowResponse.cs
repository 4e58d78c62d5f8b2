using System.Text.Json.Serialization;

namespace LLMeterProxy.AdminApi.Repricing;

/// <summary>The records of one model of one tenant, or of all. Costs are what is known; calls without a price are counted beside.</summary>
public sealed record RepriceRowResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tenant { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Provider { get; init; }

    /// <summary>The canonical id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>Records of calls that somebody is charged for.</summary>
    public long Records { get; init; }

    /// <summary>How many of them get an adjustment.</summary>
    public long Changed { get; init; }

    /// <summary>How many keep their cost because the book cannot say what it would be.</summary>
    public long Kept { get; init; }

    /// <summary>With the adjustments that there are already.</summary>
    public required string OldCostUsd { get; init; }

    public required string NewCostUsd { get; init; }

    /// <summary>New less old.</summary>
    public required string DifferenceUsd { get; init; }

    public long OldCostNanoUsd { get; init; }

    public long NewCostNanoUsd { get; init; }

    public long DifferenceNanoUsd { get; init; }

    public long UnpricedBefore { get; init; }

    public long UnpricedAfter { get; init; }
}
