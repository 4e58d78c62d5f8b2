using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>The figures of one usage object of the OpenAI family as they stand, and what they mean. Null is not stated.</summary>
internal struct OpenAiCounts
{
    public long? Input;
    public long? Output;
    public long? Total;
    public long? Cached;

    /// <summary>Under a name of its own beside the totals (DeepSeek, Moonshot, Mistral); a repetition where both are stated.</summary>
    public long? CachedBeside;
    public long? Written;
    public long? AudioInput;
    public long? AudioCached;
    public long? ImageInput;
    public long? Reasoning;
    public long? AudioOutput;
    public long? ImageOutput;
    public long? WebSearches;
    public decimal? AudioSeconds;

    /// <summary>USD.</summary>
    public decimal? Cost;

    /// <summary>USD, paid to the upstream with the caller's own key.</summary>
    public decimal? UpstreamCost;
    public bool IsByok;
    public bool HasNullTotal;
    public bool HasUnknownNumber;

    public readonly UsageReading Normalise()
    {
        // A total alone (embeddings of some providers) is all input.
        var input = Input ?? (Output is null ? Total ?? 0 : 0);
        var output = Output ?? 0;
        var reasoning = Reasoning ?? 0;
        var audio = AudioInput ?? 0;
        var inconsistent = false;

        var gap = (Total ?? (input + output)) - input - output;
        if (gap != 0)
        {
            if (gap == reasoning)
            {
                output += reasoning;
            }
            else if (gap == audio)
            {
                input += audio;
            }
            else if (gap == audio + reasoning)
            {
                input += audio;
                output += reasoning;
            }
            else if (gap > 0 && reasoning == 0 && audio == 0)
            {
                // Thinking that neither field states; the provider bills it as output.
                output += gap;
                reasoning = gap;
            }
            else
            {
                inconsistent = true;
            }
        }

        var cached = Cached ?? CachedBeside ?? 0;
        var written = Written ?? 0;
        inconsistent |= cached + written > input || reasoning > output || audio > input;
        return new UsageReading(new TokenUsage
        {
            InputTokens = input,
            UncachedInputTokens = Math.Max(0, input - cached - written),
            CacheReadTokens = cached,
            CacheWrite5mTokens = written,
            OutputTokens = output,
            ReasoningTokens = reasoning,
            AudioInputTokens = Math.Min(audio, input),
            AudioCacheReadTokens = Math.Min(AudioCached ?? 0, cached),
            ImageInputTokens = Math.Min(ImageInput ?? 0, input),
            AudioOutputTokens = Math.Min(AudioOutput ?? 0, output),
            ImageOutputTokens = Math.Min(ImageOutput ?? 0, output),
            Units = Units(),
        })
        {
            ProviderCost = ProviderCost(),
            IsInconsistent = inconsistent,
            HasUnknownNumber = HasUnknownNumber,
        };
    }

    private readonly NanoUsd? ProviderCost()
    {
        // With the caller's own key OpenRouter charges nothing itself, and the real spend is the upstream's.
        var cost = IsByok ? UpstreamCost ?? Cost : Cost;
        return cost is >= 0 and <= 9_000_000 ? NanoUsd.FromUsd(cost.Value) : null;
    }

    private readonly UnitCount[] Units()
    {
        var searches = WebSearches ?? 0;
        var seconds = AudioSeconds ?? 0;
        return (searches > 0, seconds > 0) switch
        {
            (true, true) => [new UnitCount(UnitNames.WebSearch, searches), new UnitCount(UnitNames.Second, seconds)],
            (true, false) => [new UnitCount(UnitNames.WebSearch, searches)],
            (false, true) => [new UnitCount(UnitNames.Second, seconds)],
            _ => [],
        };
    }
}
