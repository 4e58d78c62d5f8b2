namespace LLMeterProxy.Storage.Journal;

/// <summary>What a record survives before the client sees the end of the response.</summary>
public enum Durability
{
    /// <summary>The death of the process at any instant. A background fdatasync bounds what a power cut can take to 100 ms.</summary>
    ProcessCrash,

    /// <summary>A power cut: the terminal bytes wait for an fdatasync that covers the record.</summary>
    PowerLoss,
}
