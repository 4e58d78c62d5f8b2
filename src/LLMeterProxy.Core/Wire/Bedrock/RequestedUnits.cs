using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>What is billed by the piece and only the request tells of: images by size and quality, searches of a ranking.</summary>
internal sealed class RequestedUnits
{
    public long Images { get; set; }

    /// <summary>Pixels; null takes the 1024 that Amazon's image models document as their default.</summary>
    public long? Width { get; set; }

    /// <inheritdoc cref="Width"/>
    public long? Height { get; set; }

    public string? Quality { get; set; }

    public int Searches { get; set; }

    public IReadOnlyList<UnitCount> ToList()
    {
        if (Images > 0)
        {
            return [new UnitCount($"{UnitNames.Image}/{Width ?? 1024}x{Height ?? 1024}/{Quality ?? "standard"}", Images)];
        }

        return Searches > 0 ? [new UnitCount(UnitNames.SearchUnit, Searches)] : [];
    }
}
