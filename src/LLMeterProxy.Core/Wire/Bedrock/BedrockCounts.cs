using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>Figures of one usage statement of Bedrock as they stand, in tokens. Null is not stated.</summary>
internal struct BedrockCounts
{
    /// <summary>Without what was read from or written to a cache.</summary>
    public long? Input;
    public long? Output;

    /// <summary>Cache included.</summary>
    public long? Total;
    public long? CacheRead;
    public long? CacheReadTwin;
    public long? CacheWrite;
    public long? CacheWriteTwin;

    /// <summary>All that the split of the writes by life covers.</summary>
    public long Detailed;

    /// <summary>What of it lives an hour.</summary>
    public long LongLived;
    public bool HasUnknownNumber;

    public readonly UsageReading Normalise()
    {
        var uncached = Input ?? 0;
        var output = Output ?? 0;
        var read = CacheRead ?? CacheReadTwin ?? 0;
        var stated = CacheWrite ?? CacheWriteTwin;

        // What the split does not cover is of the short kind, which is the default.
        var written = Math.Max(stated ?? 0, Detailed);
        var input = uncached + read + written;
        if (Input is null && Output is null)
        {
            input = uncached = Total ?? 0;
        }

        return new UsageReading(new TokenUsage
        {
            InputTokens = input,
            UncachedInputTokens = uncached,
            CacheReadTokens = read,
            CacheWrite5mTokens = written - LongLived,
            CacheWrite1hTokens = LongLived,
            OutputTokens = output,
        })
        {
            IsInconsistent = (Total is { } total && total != input + output) || Detailed > (stated ?? Detailed),
            HasUnknownNumber = HasUnknownNumber,
        };
    }
}
