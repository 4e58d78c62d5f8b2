using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Gathers billed units; most calls have none, and then nothing is allocated.</summary>
internal struct UnitList
{
    private List<UnitCount>? _units;

    public void Add(string unit, decimal? quantity)
    {
        if (quantity > 0)
        {
            (_units ??= []).Add(new UnitCount(unit, quantity.Value));
        }
    }

    public readonly UnitCount[] ToArray() => _units is null ? [] : [.. _units];
}
