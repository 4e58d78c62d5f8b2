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

    /// <summary>Anthropic's name for it (doubleword states both); a repetition where both are stated.</summary>
    public long? WrittenBeside;
    public long? AudioInput;
    public long? AudioCached;
    public long? ImageInput;
    public long? Reasoning;

    /// <summary>Directly in the usage: a repetition, but for deep research, where it is what was thought before the answer.</summary>
    public long? ReasoningBeside;

    /// <summary>Tokens of quoted pages, which deep research bills beside its totals.</summary>
    public long? Citations;
    public long? AudioOutput;
    public long? ImageOutput;
    public long? WebSearches;
    public long? XSearches;
    public long? Sources;
    public long? FileSearches;
    public long? DocumentSearches;
    public long? CodeCalls;
    public long? SearchUnits;
    public long? Pages;
    public decimal? AudioSeconds;
    public string? SearchContext;

    /// <summary>USD.</summary>
    public decimal? Cost;

    /// <summary>USD, paid to the upstream with the caller's own key.</summary>
    public decimal? UpstreamCost;
    public bool IsByok;
    public bool HasNullTotal;
    public bool HasUnknownNumber;

    public readonly bool HasTokens => Input is not null || Output is not null || Total is not null;

    public readonly bool HasCharges => Cost is not null || AudioSeconds is not null || Pages is not null || SearchUnits is not null;

    private readonly bool IsDeepResearch => Citations is not null;

    public readonly UsageReading Normalise()
    {
        var input = Input ?? Rest(Output ?? 0);
        var output = Output ?? Rest(input);
        var reasoning = Reasoning ?? (IsDeepResearch ? 0 : ReasoningBeside ?? 0);
        var audio = AudioInput ?? 0;
        var inconsistent = false;

        var gap = (Total ?? (input + output)) - input - output;
        if (gap > 0 && audio == 0 && gap != reasoning && AudioSeconds is > 0)
        {
            // Mistral counts the sound on top, and where it states no details, in the total alone.
            audio = gap;
        }

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

        // A 0 among details that a server always writes does not unsay what it states under its own name.
        var cached = Cached is > 0 ? Cached.Value : CachedBeside ?? 0;
        var written = Written is > 0 ? Written.Value : WrittenBeside ?? 0;
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
            Extra = Thinking(),
            IsInconsistent = inconsistent,
            HasUnknownNumber = HasUnknownNumber,
        };
    }

    /// <summary>One of the totals is null on the wire, and nothing else says what it is.</summary>
    public readonly bool LacksTotal => HasNullTotal && (Total is null || Total < (Input ?? 0) + (Output ?? 0));

    // What the total leaves for a figure that is not stated; a total alone (embeddings of some providers) is all input.
    private readonly long Rest(long other) => Math.Max(0, (Total ?? 0) - other);

    private readonly NanoUsd? ProviderCost()
    {
        // With the caller's own key the spend is the upstream's, and OpenRouter's own charge is its fee.
        var cost = IsByok && UpstreamCost is not null ? UpstreamCost + (Cost ?? 0) : Cost;
        return cost is >= 0 and <= 9_000_000 ? NanoUsd.FromUsd(cost.Value) : null;
    }

    // What deep research thought before its answer is in no total, and has a price of its own.
    private readonly ExtraUsage[] Thinking() => IsDeepResearch && ReasoningBeside is > 0
        ? [new ExtraUsage("reasoning_tokens", null, new TokenUsage { OutputTokens = ReasoningBeside.Value, ReasoningTokens = ReasoningBeside.Value })]
        : [];

    private readonly UnitCount[] Units()
    {
        var units = new UnitList();
        units.Add(UnitNames.WebSearch, WebSearches);
        units.Add(UnitNames.Qualified(UnitNames.WebSearch, "x"), XSearches);
        units.Add(UnitNames.Qualified(UnitNames.WebSearch, "source"), Sources);
        units.Add(UnitNames.FileSearch, FileSearches);
        units.Add(UnitNames.Qualified(UnitNames.FileSearch, "document"), DocumentSearches);
        units.Add(UnitNames.CodeInterpreterSession, CodeCalls);
        units.Add(UnitNames.SearchUnit, SearchUnits);
        units.Add(UnitNames.Page, Pages);
        units.Add(UnitNames.Second, AudioSeconds);
        units.Add(UnitNames.CitationToken, Citations);
        // The fee for a call by how much was searched for it; deep research is billed by search instead.
        if (SearchContext is not null && !IsDeepResearch)
            units.Add(UnitNames.Qualified(UnitNames.Request, SearchContext), 1);
        return units.ToArray();
    }
}
