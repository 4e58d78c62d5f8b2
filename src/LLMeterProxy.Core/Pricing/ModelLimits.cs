namespace LLMeterProxy.Core.Pricing;

/// <summary>What bounds one call of a model; tokens, null where not known.</summary>
public sealed record ModelLimits(long? ContextWindow, long? MaxOutputTokens)
{
    public static readonly ModelLimits Unknown = new(null, null);
}
