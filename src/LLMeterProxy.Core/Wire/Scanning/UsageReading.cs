using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>One usage object, normalised.</summary>
internal sealed record UsageReading(TokenUsage Usage)
{
    /// <summary>As the usage object says; null where it does not.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The model that served, where the usage names another than the response does.</summary>
    public string? Model { get; init; }

    public string? Speed { get; init; }

    public string? InferenceGeo { get; init; }

    public NanoUsd? ProviderCost { get; init; }

    public IReadOnlyList<ExtraUsage> Extra { get; init; } = [];

    public bool IsInconsistent { get; init; }

    /// <summary>A number above 0 under a name that we do not know (T72).</summary>
    public bool HasUnknownNumber { get; init; }
}
