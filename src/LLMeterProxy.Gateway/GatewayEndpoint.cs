using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Gateway.Identify;
using LLMeterProxy.Gateway.Inspect;
using LLMeterProxy.Gateway.Problems;
using LLMeterProxy.Gateway.Record;
using LLMeterProxy.Gateway.Route;
using LLMeterProxy.Gateway.Settle;
using LLMeterProxy.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Gateway;

/// <summary>
/// The one place that knows the order of the stages, and the one way to an upstream:
/// Identify → Inspect → Route → Admit → Forward, with Meter, Settle and Record inside the copy of the response.
/// </summary>
public sealed class GatewayEndpoint(
    ProviderCatalog providers,
    IdentifyStage identify,
    InspectStage inspect,
    RouteStage route,
    AdmitStage admit,
    ForwardStage forward,
    SettleStage settle,
    RecordStage recorded,
    OwnUsageEndpoint ownUsage,
    RequestIdGenerator ids,
    TimeProvider time,
    ILogger<GatewayEndpoint> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var id = ids.Next();
        var context = new GatewayContext(http, id, id.OccurredAt, time.GetTimestamp()) { Problems = OpenAiProblems.Instance };
        try
        {
            if (providers.TryFind(http.Request.Path, out var provider, out var path))
            {
                context.Provider = provider;
                context.ProviderPath = path;
                context.Problems = provider.Dialect.Problems;
            }

            if (await RunStagesAsync(context) is { } problem)
            {
                await RefuseAsync(context, problem);
            }
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, OfBadRequest(e));
        }
#pragma warning disable CA1031 // The edge of the data plane: whatever went wrong, the caller gets its own API's error shape.
        catch (Exception e)
#pragma warning restore CA1031
        {
            GatewayLog.Failed(log, context.Id, e);
            await ProblemWriter.WriteAsync(context, new Problem(ProblemCode.Internal, "The gateway failed on this request."));
        }
        finally
        {
            await settle.EndAsync(context);
            context.Body?.Dispose();
        }
    }

    private Task RefuseAsync(GatewayContext context, Problem problem)
    {
        GatewayLog.Refused(log, context.Id, problem.Code);
        recorded.Refused(context, problem.Code);
        return ProblemWriter.WriteAsync(context, problem);
    }

    private async ValueTask<Problem?> RunStagesAsync(GatewayContext context)
    {
        // Before the key: a connection whose requests may be cut elsewhere than we cut them ends, whoever it belongs to.
        if ((FramingGuard.Check(context.Http.Request) ?? await identify.RunAsync(context)) is { } refused)
        {
            return refused;
        }

        if (OwnUsageEndpoint.Matches(context.Http.Request))
        {
            await ownUsage.WriteAsync(context);
            return null;
        }

        return await inspect.RunAsync(context)
            ?? route.Run(context)
            ?? await admit.RunAsync(context)
            ?? await forward.RunAsync(context);
    }

    private static Problem OfBadRequest(BadHttpRequestException e) => e.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new Problem(ProblemCode.RequestTooLarge, "The request body is too large."),
        StatusCodes.Status408RequestTimeout => new Problem(ProblemCode.RequestTimeout, "The request body did not arrive in time."),
        _ => new Problem(ProblemCode.AmbiguousFraming, "The request could not be read."),
    };
}
