namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>The providers' names of the tier that served a call, in the words of the price book.</summary>
internal static class ServiceTiers
{
    /// <returns>Null where the name says nothing about what served the call.</returns>
    public static string? Normalise(string? tier) => tier?.ToLowerInvariant() switch
    {
        null or "" or "auto" or "traffic_type_unspecified" or "unspecified" => null,
        "default" or "standard" or "on_demand" or "service_tier_standard" => "default",
        "on_demand_priority" or "service_tier_priority" => "priority",
        "on_demand_flex" or "service_tier_flex" => "flex",
        "on_demand_offpeak" => "offpeak",
        "provisioned_throughput" => "provisioned",
        var other => other,
    };
}
