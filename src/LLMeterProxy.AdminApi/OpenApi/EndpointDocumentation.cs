using LLMeterProxy.AdminApi.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace LLMeterProxy.AdminApi.OpenApi;

/// <summary>What the OpenAPI document cannot see, because bodies are read strictly and answers are <c>IResult</c>.</summary>
internal static class EndpointDocumentation
{
    /// <summary>
    /// Documents the body, without content types: with them, routing itself would turn another type away, before the
    /// token was looked at and without a problem body.
    /// </summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint, bool optional = false)
        where T : notnull =>
        endpoint.WithMetadata(new AcceptsMetadata([], typeof(T), optional));

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder endpoint, int status = StatusCodes.Status200OK) =>
        endpoint.Produces<T>(status, "application/json");

    public static RouteHandlerBuilder GivesNothing(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces(StatusCodes.Status204NoContent);

    /// <summary>Beside 401, which every endpoint has.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        endpoint.Produces<ProblemResponse>(StatusCodes.Status401Unauthorized, Problems.ContentType);
        foreach (var status in statuses)
        {
            endpoint.Produces<ProblemResponse>(status, Problems.ContentType);
        }

        return endpoint;
    }
}
