using System.Globalization;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>One price in which a catalogue differs from the book.</summary>
/// <param name="Unit">A unit, or one with the step or tier that it belongs to.</param>
/// <param name="From">USD per million tokens or for one unit; null where the book has none.</param>
/// <param name="To">In the same terms.</param>
public sealed record CatalogueRateChange(string Unit, decimal? From, decimal To)
{
    public override string ToString() => From is { } from
        ? string.Create(CultureInfo.InvariantCulture, $"{Unit} {from:0.#########} -> {To:0.#########}")
        : string.Create(CultureInfo.InvariantCulture, $"{Unit} {To:0.#########}");
}
