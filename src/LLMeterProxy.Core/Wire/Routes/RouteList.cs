namespace LLMeterProxy.Core.Wire.Routes;

/// <summary>Writes a route table down, one line a route.</summary>
internal sealed class RouteList(string root)
{
    private static readonly string[] _refusedMethods = ["GET", "POST", "DELETE"];

    private readonly List<Route> _routes = [];

    public IReadOnlyList<Route> Routes => _routes;

    public RouteList Metered(string template, string operation, params string[] query) =>
        Add("POST", template, operation, RouteTreatment.Metered, query);

    /// <summary>A metered route whose body is a form upload, or JSON where <paramref name="form"/> says so.</summary>
    public RouteList Metered(string template, string operation, RequestForm form, params string[] query)
    {
        Metered(template, operation, query);
        _routes[^1] = _routes[^1] with { Form = form };
        return this;
    }

    /// <summary>A template that is known and billed later than its response: refused until its poller exists (T52).</summary>
    public RouteList Deferred(params ReadOnlySpan<string> templates)
    {
        foreach (var template in templates)
        {
            foreach (var method in _refusedMethods)
                Add(method, template, Operations.Other, RouteTreatment.Deferred, []);
        }

        return this;
    }

    public RouteList Free(string method, string template, string operation, params string[] query) =>
        Add(method, template, operation, RouteTreatment.Free, query);

    /// <summary>A template that is known and has no meter, under every method that such APIs use.</summary>
    public RouteList Refused(params ReadOnlySpan<string> templates)
    {
        foreach (var template in templates)
        {
            foreach (var method in _refusedMethods)
                Add(method, template, Operations.Other, RouteTreatment.Refused, []);
        }

        return this;
    }

    /// <summary>A whole area of an API: the path and everything below it.</summary>
    public RouteList RefusedAreas(params ReadOnlySpan<string> areas)
    {
        foreach (var area in areas)
            Refused(area, area + "/{rest}");
        return this;
    }

    /// <summary>A whole area of an API that is billed later than its responses: the path and everything below it.</summary>
    public RouteList DeferredAreas(params ReadOnlySpan<string> areas)
    {
        foreach (var area in areas)
            Deferred(area, area + "/{rest}");
        return this;
    }

    private RouteList Add(string method, string template, string operation, RouteTreatment treatment, string[] query)
    {
        _routes.Add(new Route(method, root + template, operation, treatment) { Query = query });
        return this;
    }
}
