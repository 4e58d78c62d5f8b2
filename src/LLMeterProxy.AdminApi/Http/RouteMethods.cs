using LLMeterProxy.AdminApi.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>
/// Which methods the admin API has for a path. Routing itself would know, but answers a wrong method on its own: before the
/// token was looked at, and without a problem body.
/// </summary>
internal static class RouteMethods
{
    /// <returns>The methods in ordinal order; empty for a path that no route has.</returns>
    public static IReadOnlyCollection<string> Of(EndpointDataSource routes, PathString path)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in routes.Endpoints)
        {
            if (endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern }
                && endpoint.Metadata.GetMetadata<AdminOnly>() is not null
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { } own
                && new TemplateMatcher(TemplateParser.Parse(pattern), new RouteValueDictionary()).TryMatch(path, new RouteValueDictionary()))
            {
                methods.UnionWith(own.HttpMethods);
            }
        }

        return methods;
    }
}
