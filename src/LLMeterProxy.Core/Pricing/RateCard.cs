namespace LLMeterProxy.Core.Pricing;

/// <summary>The dated rates of one model. Provisional shape: tiers, context thresholds and multipliers follow.</summary>
public sealed class RateCard
{
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>Nano-USD for a million of the unit, by <see cref="Usage.UnitNames"/>, at the standard tier and the lowest context tier.</summary>
    public required IReadOnlyDictionary<string, decimal> Rates { get; init; }
}
