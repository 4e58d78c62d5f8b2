namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>How a model of a catalogue stands to the price book.</summary>
public enum CatalogueChangeKind
{
    /// <summary>The book says the same.</summary>
    Same,

    /// <summary>The book has no entry of this name: the model is not known, or priced by that of another name.</summary>
    New,

    /// <summary>The book has another price.</summary>
    Changed,

    /// <summary>The catalogue's price looks wrong: it is shown, and never taken.</summary>
    Suspicious,

    /// <summary>The user's own entry, which an import leaves alone.</summary>
    Kept,
}
