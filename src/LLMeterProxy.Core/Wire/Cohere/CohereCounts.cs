using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Cohere;

/// <summary>The figures of one usage object as they stand. Null is not stated.</summary>
internal struct CohereCounts
{
    public long? BilledInput;
    public long? BilledOutput;
    public long? SearchUnits;
    public long? Classifications;
    public long? Images;
    public long? Input;
    public long? Output;

    /// <summary>Inside both output counts.</summary>
    public long? Reasoning;
    public bool HasUnknownNumber;

    public readonly bool HasAny => HasBill || Input is not null || Output is not null;

    private readonly bool HasBill =>
        BilledInput is not null || BilledOutput is not null || SearchUnits is not null || Classifications is not null || Images is not null;

    public readonly UsageReading Normalise()
    {
        var input = (HasBill ? BilledInput : Input) ?? 0;
        var output = (HasBill ? BilledOutput : Output) ?? 0;
        return new UsageReading(new TokenUsage
        {
            InputTokens = input,
            UncachedInputTokens = input,
            OutputTokens = output,
            ReasoningTokens = Math.Min(Reasoning ?? 0, output),
            Units = Units(),
        })
        {
            HasUnknownNumber = HasUnknownNumber,
        };
    }

    private readonly List<UnitCount> Units()
    {
        var units = new List<UnitCount>();
        Add(units, UnitNames.SearchUnit, SearchUnits);
        Add(units, UnitNames.Classification, Classifications);
        Add(units, UnitNames.Image, Images);
        return units;
    }

    private static void Add(List<UnitCount> units, string unit, long? quantity)
    {
        if (quantity is > 0)
        {
            units.Add(new UnitCount(unit, quantity.Value));
        }
    }
}
