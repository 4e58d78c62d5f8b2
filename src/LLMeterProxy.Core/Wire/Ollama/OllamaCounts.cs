using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Ollama;

/// <summary>The counts of one object. Null is not stated.</summary>
internal struct OllamaCounts
{
    public long? Input;

    /// <summary>Inside <see cref="Input"/>.</summary>
    public long? Cached;
    public long? Output;
    public bool IsIdle;
    public bool IsInvalid;

    public readonly UsageReading Normalise()
    {
        var input = Input ?? 0;
        var cached = Cached ?? 0;
        return new UsageReading(new TokenUsage
        {
            InputTokens = input,
            UncachedInputTokens = Math.Max(0, input - cached),
            CacheReadTokens = Math.Min(cached, Input ?? cached),
            OutputTokens = Output ?? 0,
        })
        {
            IsInconsistent = cached > input && Input is not null,
        };
    }
}
