using System.Buffers;
using System.Collections.Frozen;

namespace LLMeterProxy.Core.Wire.Routes;

/// <summary>
/// A dialect's routes. A path is exactly in the table or it is not: nothing is normalised, so no upstream can read a path
/// otherwise than we did (T25). Literal paths are looked up without allocation, open ones are tried in the order of the table.
/// </summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, Entry[]> _literal;
    private readonly Entry[] _open;

    /// <param name="routes">In order: the first that matches wins.</param>
    /// <param name="segmentCharacters">What an open segment may consist of.</param>
    /// <param name="aliases">Other paths under which clients call a literal template of the table.</param>
    public RouteTable(
        IReadOnlyList<Route> routes, SearchValues<char> segmentCharacters, params ReadOnlySpan<(string Path, string Template)> aliases)
    {
        Routes = routes;
        var literal = new Dictionary<string, List<Entry>>(StringComparer.Ordinal);
        var open = new List<Entry>();
        foreach (var route in routes)
        {
            if (route.Template.Contains('{', StringComparison.Ordinal))
                open.Add(new Entry(route, new RouteTemplate(route.Template, segmentCharacters)));
            else if (literal.TryGetValue(route.Template, out var entries))
                entries.Add(new Entry(route, null));
            else
                literal.Add(route.Template, [new Entry(route, null)]);
        }

        foreach (var (path, template) in aliases)
            literal.Add(path, literal[template]);

        _literal = literal.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
        _open = [.. open];
    }

    public IReadOnlyList<Route> Routes { get; }

    /// <inheritdoc cref="IDialect.Match"/>
    public RouteResult Match(string method, string path, string query)
    {
        string? methods = null;
        if (_literal.TryGetValue(path, out var entries))
        {
            foreach (var entry in entries)
            {
                if (entry.Route.Method == method)
                    return new RouteResult(WithQuery(entry.Fixed, query));
                methods = Add(methods, entry.Route.Method);
            }
        }

        foreach (var entry in _open)
        {
            if (!entry.Template!.TryMatch(path, out var model))
                continue;
            if (entry.Route.Method == method)
            {
                // Every character of a match is from the template or from PathCharacters: the path is its own canonical form.
                var match = entry.Fixed with { UpstreamPath = path, Model = model.IsEmpty ? null : model.ToString() };
                return new RouteResult(WithQuery(match, query));
            }

            methods = Add(methods, entry.Route.Method);
        }

        return new RouteResult(null, methods);
    }

    private static RouteMatch WithQuery(RouteMatch match, string query) =>
        ForwardedQuery.Rebuild(query, match.Route.Query) is { Length: > 0 } rebuilt ? match with { UpstreamQuery = rebuilt } : match;

    private static string Add(string? methods, string method) =>
        methods is null ? method : methods.Contains(method, StringComparison.Ordinal) ? methods : methods + ", " + method;

    private static bool IsStream(string template) =>
        template.EndsWith(":streamGenerateContent", StringComparison.Ordinal) || template.EndsWith(":streamRawPredict", StringComparison.Ordinal);

    private sealed record Entry(Route Route, RouteTemplate? Template)
    {
        public RouteMatch Fixed { get; } =
            new(Route, Route.Template, StreamByPath: IsStream(Route.Template));
    }
}
