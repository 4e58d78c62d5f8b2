using LLMeterProxy.AdminApi.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.AdminApi.Security;

/// <summary>Who may read <c>/metrics</c>: the admin token, the metrics token, or everyone by option (A83).</summary>
public sealed class MetricsAuthorization(AdminApiOptions options)
{
    private readonly BearerToken _admin = new(options.AdminToken);
    private readonly BearerToken? _metrics = options.MetricsToken is { Length: > 0 } token ? new BearerToken(token) : null;

    public bool Allows(HttpContext http) => options.AnonymousMetrics || _admin.Matches(http) || _metrics?.Matches(http) == true;

    /// <summary>Puts the check before the endpoints of the exporter.</summary>
    public TBuilder Protect<TBuilder>(TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint =>
        {
            var inner = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = http => Allows(http) ? inner(http) : RefuseAsync(http);
        });
        return endpoints;
    }

    private static Task RefuseAsync(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Unauthorized().ExecuteAsync(http);
    }
}
