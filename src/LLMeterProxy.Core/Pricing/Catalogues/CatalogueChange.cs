namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>What an import would do with one model of a catalogue.</summary>
/// <param name="Current">The entry that the name leads to in the book so far; null where it leads nowhere.</param>
/// <param name="Rates">The prices that differ, or all of a new model.</param>
/// <param name="Why">Why it is suspicious, or kept; null otherwise.</param>
public sealed record CatalogueChange(
    CatalogueChangeKind Kind, CatalogueModel Model, PricedModel? Current, IReadOnlyList<CatalogueRateChange> Rates, string? Why);
