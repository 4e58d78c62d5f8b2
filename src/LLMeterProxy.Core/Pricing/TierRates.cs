using System.Collections.Frozen;

namespace LLMeterProxy.Core.Pricing;

/// <summary>What a service tier (batch, flex, priority, …) costs, token units only: per-call fees do not change with the tier.</summary>
public sealed record TierRates
{
    /// <summary>Applied to every standard rate, context steps included; null where the tier states its rates one by one.</summary>
    public decimal? Multiplier { get; init; }

    /// <summary>Nano-USD per million. Stated rates win over the multiplier; a unit that is absent keeps the standard rate times the multiplier.</summary>
    public IReadOnlyDictionary<string, decimal> Rates { get; init; } = FrozenDictionary<string, decimal>.Empty;

    /// <summary>
    /// Ascending. Where a tier without a multiplier names none, the standard steps hold unchanged: the providers do not
    /// stack such a tier on long context (G28).
    /// </summary>
    public IReadOnlyList<ContextStep> ContextSteps { get; init; } = [];
}
