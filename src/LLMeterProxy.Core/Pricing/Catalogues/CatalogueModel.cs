namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>One model of a catalogue under the list and id that it has in the price book.</summary>
public sealed class CatalogueModel
{
    public required string List { get; init; }

    public required string Id { get; init; }

    public SortedSet<string> Aliases { get; } = new(StringComparer.Ordinal);

    /// <summary>Tokens; null where not stated.</summary>
    public long? ContextWindow { get; set; }

    /// <summary>Tokens; null where not stated.</summary>
    public long? MaxOutputTokens { get; set; }

    /// <summary>Oldest first.</summary>
    public List<CataloguePrice> Prices { get; } = [];

    /// <summary>What of the entry could not be taken, or looks wrong.</summary>
    public List<string> Remarks { get; } = [];
}
