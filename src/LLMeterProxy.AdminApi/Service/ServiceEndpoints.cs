using LLMeterProxy.AdminApi.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.AdminApi.Service;

/// <summary>The open routes: what this is, whether it lives, whether it is ready.</summary>
internal sealed class ServiceEndpoints(IReadiness readiness, AdminApiOptions options)
{
    private static readonly ServiceLinks _links = new("/api/v1", "/openapi/v1.json", "/metrics", "/healthz", "/readyz");

    public void Map(IEndpointRouteBuilder root)
    {
        root.MapGet("/", Describe).WithTags("Service").WithName("describe").WithSummary("Says what this is and where to go on.").Gives<ServiceResponse>();
        root.MapGet("/healthz", Live).WithTags("Service").WithName("health").WithSummary("The process is alive.").Gives<HealthResponse>();
        root.MapGet("/readyz", ReadyAsync).WithTags("Service").WithName("ready").WithSummary("The node takes metered calls, or why it does not.")
            .Gives<HealthResponse>().Gives<HealthResponse>(StatusCodes.Status503ServiceUnavailable);
    }

    private JsonHttpResult<ServiceResponse> Describe() => TypedResults.Json(
        new ServiceResponse("LLMeterProxy", "Metering reverse proxy for LLM APIs: control listener.", options.Version, _links),
        AdminJson.Default.ServiceResponse);

    private static JsonHttpResult<HealthResponse> Live() => TypedResults.Json(new HealthResponse("ok", null), AdminJson.Default.HealthResponse);

    private async Task<IResult> ReadyAsync(CancellationToken cancellationToken)
    {
        var state = await readiness.CheckAsync(cancellationToken);
        return TypedResults.Json(
            new HealthResponse(state.Ready ? "ready" : "not_ready", state.Reason),
            AdminJson.Default.HealthResponse,
            statusCode: state.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
