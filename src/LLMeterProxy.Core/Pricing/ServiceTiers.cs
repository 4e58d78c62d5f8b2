namespace LLMeterProxy.Core.Pricing;

/// <summary>The one spelling of a service tier, from the many in which providers say it.</summary>
internal static class ServiceTiers
{
    public const string Batch = "batch";
    public const string Flex = "flex";
    public const string Priority = "priority";

    /// <returns>Null for the standard tier; <see cref="Batch"/>, <see cref="Flex"/>, <see cref="Priority"/>; any other text as it is.</returns>
    public static string? Canonical(string? tier)
    {
        // The spellings that nearly every response carries, before any comparison that ignores case.
        if (tier is null or "default" or "standard" or "")
        {
            return null;
        }

        return tier.ToUpperInvariant() switch
        {
            "DEFAULT" or "STANDARD" or "AUTO" or "STANDARD_ONLY" or "ON_DEMAND" or "UNSPECIFIED" or "SERVICE_TIER_STANDARD" => null,
            "BATCH" or "BATCHES" or "SERVICE_TIER_BATCH" => Batch,
            "FLEX" or "ON_DEMAND_FLEX" or "SERVICE_TIER_FLEX" => Flex,
            "PRIORITY" or "ON_DEMAND_PRIORITY" or "SERVICE_TIER_PRIORITY" => Priority,
            _ => tier,
        };
    }
}
