namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Something about one entry of a catalogue that a person should know.</summary>
/// <param name="Entry">As the catalogue names it.</param>
public sealed record CatalogueRemark(string Entry, string Text);
