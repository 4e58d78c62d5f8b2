using LLMeterProxy.AdminApi.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.AdminApi.Security;

/// <summary>
/// Stands before every admin endpoint: no token, no binding, no handler (A78). It wraps the endpoints themselves, so that
/// the request path of the gateway listener carries no authentication middleware.
/// </summary>
internal sealed partial class AdminGate(AdminApiOptions options, ILogger<AdminGate> logger)
{
    /// <summary>Who the audit trail says it was: there is one admin token.</summary>
    public const string Actor = "admin";

    private readonly BearerToken _token = new(options.AdminToken);

    public void Protect(IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        var inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http => PassAsync(http, inner);
        endpoint.Metadata.Add(new AdminOnly());
    });

    private async Task PassAsync(HttpContext http, RequestDelegate inner)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (!_token.Matches(http))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            await Problems.Unauthorized().ExecuteAsync(http);
            return;
        }

        try
        {
            await inner(http);
        }
        catch (BadHttpRequestException refused)
        {
            var code = refused.StatusCode == StatusCodes.Status413PayloadTooLarge ? "request_too_large" : "invalid_request";
            await Problems.Of(refused.StatusCode, code, refused.Message).ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            LogFailed(http.Request.Method, http.Request.Path, failure);
            await Problems.Of(StatusCodes.Status500InternalServerError, "internal", "The request failed; the server's log says why.").ExecuteAsync(http);
        }
    }

    [LoggerMessage(EventId = 3000, EventName = "AdminRequestFailed", Level = LogLevel.Error, Message = "Admin request {Method} {Path} failed")]
    private partial void LogFailed(string method, PathString path, Exception failure);
}
