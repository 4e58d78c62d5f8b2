namespace LLMeterProxy.Core.Wire;

/// <summary>What happens upstream when the client of a stream leaves.</summary>
public enum DisconnectPolicy
{
    /// <summary>Abort the upstream call; the bill stops there and is estimated.</summary>
    Cancel,

    /// <summary>Read on to the usage: the provider bills the whole generation anyway.</summary>
    Drain,
}
