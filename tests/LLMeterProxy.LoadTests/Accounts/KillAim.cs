namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>What a kill's delay is counted from.</summary>
internal enum KillAim
{
    /// <summary>The node took calls: a process that is still cold.</summary>
    Ready,

    /// <summary>A client had its first answer of this run: calls in every stage.</summary>
    Answered,

    /// <summary>The process was started: its recovery from the kill before.</summary>
    Started,
}
