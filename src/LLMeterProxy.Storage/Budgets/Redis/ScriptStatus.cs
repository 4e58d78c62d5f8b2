namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>What a script came to. Up to <see cref="Fenced"/> the script itself says it, by these numbers.</summary>
public enum ScriptStatus
{
    Ok = 0,

    /// <summary>The slot has no state: it is new in this epoch, or it was lost.</summary>
    Absent = 1,

    /// <summary>The slot is at another epoch than the caller.</summary>
    Epoch = 2,

    /// <summary>The slot is behind what the caller saw in this epoch: changes were lost.</summary>
    Regressed = 3,

    /// <summary>The server's clock is outside a window of the call.</summary>
    Clock = 4,

    /// <summary>The caller's incarnation was declared dead.</summary>
    Fenced = 5,

    /// <summary>The server does not have the script: nobody has verified it since it started.</summary>
    NoScript,

    /// <summary>No answer in time: it may have run.</summary>
    TimedOut,

    /// <summary>The connection was not there or broke: it may have run.</summary>
    Disconnected,

    /// <summary>The server is not a primary that takes writes: not run. A change of roles.</summary>
    ReadOnly,

    /// <summary>The server as a whole refuses, for want of memory, while it loads, or the like: not run.</summary>
    Unable,

    /// <summary>The script failed on what it found: not run to its end.</summary>
    Failed,

    /// <summary>Not sent, because the latest calls failed.</summary>
    Broken,
}
