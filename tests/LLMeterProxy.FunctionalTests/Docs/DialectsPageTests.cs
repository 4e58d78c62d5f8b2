using System.Text;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.FunctionalTests.Docs;

/// <summary>docs/dialects.md lists the routes that the dialects have, and says of each what happens to it.</summary>
public sealed class DialectsPageTests
{
    private const string Below = "/{rest}";

    public static TheoryData<string> Kinds => [.. new DialectCatalog().All.Select(d => d.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_page_lists_every_route_of(string kind)
    {
        var dialect = new DialectCatalog().Find(kind)!;
        var expected = Describe(dialect.Routes);
        var written = Pages.Block("docs/dialects.md", $"routes of {kind}");
        Assert.True(expected == written, $"The block 'routes of {kind}' of docs/dialects.md has to be:\n\n{expected}\n");
    }

    private static string Describe(IReadOnlyList<Route> routes)
    {
        var text = new StringBuilder("| method | path | operation | treatment | query parameters forwarded |\n|---|---|---|---|---|\n");
        foreach (var route in routes.Where(r => r.Treatment is RouteTreatment.Metered or RouteTreatment.Free))
        {
            var query = string.Join(", ", route.Query.Select(q => $"`{q}`"));
            text.Append($"| {route.Method} | `{route.Template}` | {route.Operation} | {(route.Treatment == RouteTreatment.Metered ? "metered" : "free")} | {query} |\n");
        }

        var refused = routes.Where(r => r.Treatment is RouteTreatment.Refused or RouteTreatment.Deferred).Select(r => r.Template).ToHashSet(StringComparer.Ordinal);
        var areas = refused.Where(t => !t.EndsWith(Below, StringComparison.Ordinal)).Select(t => refused.Contains(t + Below) ? t + "/…" : t);
        return text.Append($"\nRefused with 403 `endpoint_not_metered`: {string.Join(", ", areas.Order(StringComparer.Ordinal).Select(t => $"`{t}`"))}.").ToString();
    }
}
