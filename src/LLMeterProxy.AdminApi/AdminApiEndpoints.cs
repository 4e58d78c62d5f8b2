using LLMeterProxy.AdminApi.Audit;
using LLMeterProxy.AdminApi.Budgets;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.Keys;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.AdminApi.Prices;
using LLMeterProxy.AdminApi.Repricing;
using LLMeterProxy.AdminApi.Security;
using LLMeterProxy.AdminApi.Service;
using LLMeterProxy.AdminApi.Tenants;
using LLMeterProxy.AdminApi.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LLMeterProxy.AdminApi;

/// <summary>Maps the admin API.</summary>
public static class AdminApiEndpoints
{
    /// <summary>
    /// Maps <c>/api/v1</c> behind the admin token, and the open routes <c>/</c>, <c>/healthz</c>, <c>/readyz</c> and
    /// <c>/openapi/v1.json</c>. <c>/metrics</c> is the host's, see <see cref="MetricsAuthorization.Protect"/>.
    /// </summary>
    /// <returns>All of them, so that the host can bind them to the control listener.</returns>
    public static RouteGroupBuilder MapAdminApi(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var root = endpoints.MapGroup("");
        root.MapOpenApi("/openapi/{documentName}.json");

        var open = root.MapGroup("").WithMetadata(new Documented());
        services.GetRequiredService<ServiceEndpoints>().Map(open);

        var api = root.MapGroup("/api/v1").WithMetadata(new RequestSizeLimitAttribute(JsonBody.MaxBytes));
        services.GetRequiredService<AdminGate>().Protect(api);
        MapUnknown(api);

        var documented = api.MapGroup("").WithMetadata(new Documented());
        services.GetRequiredService<TenantEndpoints>().Map(documented);
        services.GetRequiredService<KeyEndpoints>().Map(documented);
        services.GetRequiredService<BudgetEndpoints>().Map(documented);
        services.GetRequiredService<UsageEndpoints>().Map(documented);
        services.GetRequiredService<PriceEndpoints>().Map(documented);
        services.GetRequiredService<RepriceEndpoints>().Map(documented);
        services.GetRequiredService<AuditEndpoints>().Map(documented);
        return root;
    }

    // Behind the gate too: without the token, nobody learns which routes exist.
    private static void MapUnknown(RouteGroupBuilder api) =>
        api.Map("{**rest}", (HttpContext http, EndpointDataSource routes) =>
        {
            var methods = string.Join(", ", RouteMethods.Of(routes, http.Request.Path));
            if (methods.Length == 0)
            {
                return Problems.UnknownRoute();
            }

            http.Response.Headers.Allow = methods;
            return Problems.MethodNotAllowed(methods);
        });
}
