namespace LLMeterProxy.Core.Tenancy;

/// <summary>What a key may do beyond calling models for its tenant. Stable strings: part of the API.</summary>
public static class KeyPermissions
{
    public const string OnBehalf = "attribute:on_behalf";

    public const string Ingest = "events:ingest";

    /// <summary>May ask for a dearer <c>service_tier</c> under a cap (T48).</summary>
    public const string PriorityTier = "tier:priority";

    public static readonly IReadOnlyList<string> All = [OnBehalf, Ingest, PriorityTier];
}
