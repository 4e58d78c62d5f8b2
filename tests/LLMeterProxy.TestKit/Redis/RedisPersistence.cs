namespace LLMeterProxy.TestKit.Redis;

/// <summary>What a server keeps over a restart.</summary>
public enum RedisPersistence
{
    None,

    /// <summary>The append-only file, flushed every second: survives a kill of the process.</summary>
    AppendOnly,

    /// <summary>A dump at SAVE and at an orderly end; none in between.</summary>
    Snapshot,
}
