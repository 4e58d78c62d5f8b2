using System.Globalization;
using LLMeterProxy.Core.Pricing.Catalogues;

namespace LLMeterProxy.Cli.Prices;

/// <summary>Prints what an import would do.</summary>
internal sealed class PriceImportReport(TextWriter output)
{
    private static readonly (CatalogueChangeKind Kind, string Title)[] _sections =
    [
        (CatalogueChangeKind.New, "New"),
        (CatalogueChangeKind.Changed, "Changed"),
        (CatalogueChangeKind.Suspicious, "Suspicious, never taken over"),
        (CatalogueChangeKind.Kept, "Kept"),
    ];

    public void Write(Catalogue catalogue, IReadOnlyList<CatalogueChange> changes)
    {
        output.WriteLine($"{catalogue.Name}: {Count(catalogue.Models.Count)} models with a price, {Count(changes.Count)} of them in lists of the price book.");
        foreach (var (kind, title) in _sections)
        {
            var section = changes.Where(c => c.Kind == kind).ToList();
            if (section.Count == 0)
            {
                continue;
            }

            output.WriteLine($"{title} ({Count(section.Count)}):");
            foreach (var change in section)
            {
                output.WriteLine($"  {Line(change)}");
            }
        }

        output.WriteLine($"The same: {Count(changes.Count(c => c.Kind == CatalogueChangeKind.Same))}.");
    }

    public void WriteDropped(IReadOnlyList<string> dropped)
    {
        if (dropped.Count > 0)
        {
            output.WriteLine($"Tiers taken out, because the catalogue has no price for them and the old one no longer fits: {string.Join(", ", dropped)}.");
        }
    }

    private static string Line(CatalogueChange change)
    {
        var id = change.Current is { } current && (current.Id != change.Model.Id || current.Provider != change.Model.List)
            ? $" (so far {current.Provider}/{current.Id})"
            : "";
        var why = change.Why is null ? "" : $"; {change.Why}";
        var rates = change.Rates.Count == 0 ? "the same price" : string.Join(", ", change.Rates);
        return $"{change.Model.List}/{change.Model.Id}{id}: {rates}{why}";
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
