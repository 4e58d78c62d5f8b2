namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>Why a node no longer trusts the counters that it talks to.</summary>
public enum EpochDoubt
{
    /// <summary>A connection was lost or came back, or the roles of the servers changed.</summary>
    Connection,

    /// <summary>A server does not have the scripts: it was restarted or nobody verified it.</summary>
    ScriptsMissing,

    /// <summary>A slot is at another epoch.</summary>
    EpochChanged,

    /// <summary>A slot is behind what was seen of it.</summary>
    Regressed,

    /// <summary>A slot that should exist does not.</summary>
    SlotLost,

    /// <summary>This incarnation was declared dead.</summary>
    Fenced,
}
