using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing;

/// <summary>What a hold is worked out from.</summary>
public readonly record struct HoldInput
{
    /// <summary>An upper bound in strict mode, else an estimate.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Per choice.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>n, best_of, candidateCount; 1 where absent.</summary>
    public required int Choices { get; init; }

    /// <summary>As the client asks for; null for the default.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Server-tool calls to allow for (web searches).</summary>
    public int ToolCalls { get; init; }

    /// <summary>Billed units that are not tokens and that the request states itself (images, characters); null for none.</summary>
    public IReadOnlyList<UnitCount>? Units { get; init; }

    /// <summary>
    /// As the client asks for (Anthropic <c>fast</c>). Null where it is not known: then a bound counts the dearest,
    /// so name <c>standard</c> for a request that asks for none.
    /// </summary>
    public string? Speed { get; init; }
}
