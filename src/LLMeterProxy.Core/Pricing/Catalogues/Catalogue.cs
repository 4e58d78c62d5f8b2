namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>A public price catalogue, turned into the terms of the price book.</summary>
/// <param name="Name">What the source is called in the entries made of it.</param>
/// <param name="Models">By list and id; each id once in its list.</param>
/// <param name="LeftOut">What was not turned into a price, each with its reason.</param>
public sealed record Catalogue(string Name, IReadOnlyList<CatalogueModel> Models, IReadOnlyList<CatalogueRemark> LeftOut);
