using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.AdminApi.Security;

/// <summary>
/// Stands before every admin endpoint: no token, no binding, no handler (A78). It wraps the endpoints themselves, so that
/// the request path of the gateway listener carries no authentication middleware. Behind it a request sees every change that
/// was made before it, through whichever node: an administrator's calls may come to a different one each.
/// </summary>
internal sealed partial class AdminGate(AdminApiOptions options, ITenancyCatchUp tenancy, TimeProvider time, ILogger<AdminGate> logger)
{
    private static readonly TimeSpan _catchUpLimit = TimeSpan.FromSeconds(1);

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
            await CatchUpAsync(http.RequestAborted);
            await inner(http);
        }
        catch (LedgerUnavailableException unavailable) when (!http.Response.HasStarted)
        {
            LogUnavailable(http.Request.Method, http.Request.Path, unavailable);
            http.Response.Headers.RetryAfter = "5";
            await Problems.StoreUnavailable().ExecuteAsync(http);
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

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await tenancy.CatchUpAsync(cancellationToken).WaitAsync(_catchUpLimit, time, cancellationToken);
        }
        catch (Exception failure) when (failure is LedgerUnavailableException or TimeoutException)
        {
            // What can be answered from memory is; what needs the store says by itself that it is away.
        }
    }

    [LoggerMessage(EventId = 3001, EventName = "AdminStoreUnavailable", Level = LogLevel.Warning, Message = "Admin request {Method} {Path} needs the ledger, which cannot be reached")]
    private partial void LogUnavailable(string method, PathString path, Exception unavailable);

    [LoggerMessage(EventId = 3000, EventName = "AdminRequestFailed", Level = LogLevel.Error, Message = "Admin request {Method} {Path} failed")]
    private partial void LogFailed(string method, PathString path, Exception failure);
}
