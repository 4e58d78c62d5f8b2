namespace LLMeterProxy.Core.Ledger;

/// <summary>How a record came to be known.</summary>
public enum UsageChannel
{
    Proxy,

    /// <summary>Posted by an application that called the provider directly.</summary>
    Event,

    /// <summary>A correction of another record.</summary>
    Adjustment,
}
