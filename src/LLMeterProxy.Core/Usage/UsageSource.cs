namespace LLMeterProxy.Core.Usage;

/// <summary>Where the figures of a record come from (design section 6).</summary>
public enum UsageSource
{
    /// <summary>The provider's own figures, complete.</summary>
    Reported,

    /// <summary>Ours, from bytes: the provider said nothing.</summary>
    Estimated,

    /// <summary>The provider's figures as far as they came; the rest is estimated and never below what it stated.</summary>
    Partial,

    /// <summary>A call that no provider bills (model lists, token counting).</summary>
    Free,

    /// <summary>A refusal by the upstream that the provider documents as not billed.</summary>
    Unbilled,
}
