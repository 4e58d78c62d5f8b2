using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Record;
using LLMeterProxy.Gateway.Settle;
using LLMeterProxy.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace LLMeterProxy.Gateway.Forward;

/// <summary>
/// Stage 5: hands the call to YARP's forwarder, and afterwards makes sure that the attempt is resolved, however it ended.
/// Stages 6 and 7 run inside the copy; what they did not come to is settled here.
/// </summary>
public sealed class ForwardStage(
    IHttpForwarder forwarder,
    UpstreamTransformer transformer,
    SettleStage settle,
    RecordStage recorded,
    GatewaySettings settings,
    ILogger<ForwardStage> log)
{
    private readonly ForwarderRequestConfig _request = new() { ActivityTimeout = settings.ActivityTimeout };

    /// <returns>What the client is to get instead; null where the upstream's answer passed.</returns>
    public async ValueTask<Problem?> RunAsync(GatewayContext context)
    {
        if (context.Admission is null || context.Attempt is null)
        {
            throw new InvalidOperationException("A call without admission must never be forwarded.");
        }

        var http = context.Http;
        var client = http.RequestAborted;
        if (client.IsCancellationRequested)
        {
            settle.Void(context);
            return null;
        }

        using var guard = new DisconnectGuard(
            settings, () => PolicyOf(context), () => context.Attempt?.Collector is { FinishSeen: true }, client);
        context.Disconnect = guard;

        // YARP links this token into the copy: with ours in its place, the client's leaving ends the call only when the policy says so.
        http.RequestAborted = guard.Upstream;
        http.Features.Set(new GatewayFeature(context));

        // No route is upgradable, so YARP must not see an upgrade (T12).
        http.Request.Headers.Remove("Upgrade");
        var provider = context.Provider!;
        var error = await forwarder.SendAsync(
            http, provider.Settings.BaseUrl.AbsoluteUri, provider.Client, _request, transformer.Instance, guard.Upstream);
        if (context.Admission.IsFree)
        {
            settle.RecordFree(context);
        }

        return error == ForwarderError.None && context.Attempt.Resolved
            ? context.UpstreamProblem
            : await ResolveAsync(context, error);
    }

    private static DisconnectPolicy PolicyOf(GatewayContext context) =>
        context.AsksForStream ? context.Provider!.OnDisconnect : DisconnectPolicy.Drain;

    private async ValueTask<Problem?> ResolveAsync(GatewayContext context, ForwarderError error)
    {
        var attempt = context.Attempt!;
        var timedOut = error is ForwarderError.RequestTimedOut || attempt.TimedOut;
        if (error != ForwarderError.None && context.Disconnect is not { ClientGone: true })
        {
            GatewayLog.UpstreamFailed(log, context.Id, context.Provider!.Name, error);
        }

        if (attempt.NothingSent)
        {
            settle.Void(context);
            return new Problem(
                ProblemCode.UpstreamUnreachable,
                "The provider could not be reached; nothing was sent. Retry shortly.",
                RetryAfter: TimeSpan.FromSeconds(2));
        }

        if (!context.Admission!.IsFree && !attempt.Resolved)
        {
            await settle.CommitAsync(context, OutcomeOf(context, timedOut), CancellationToken.None);
            if (attempt.Status is >= 200 and < 300 && context.Disconnect is not { ClientGone: true })
            {
                recorded.Gap(context, "body_cut");
            }
        }

        if (context.UpstreamProblem is not null || error == ForwarderError.None)
        {
            return context.UpstreamProblem;
        }

        return timedOut
            ? new Problem(ProblemCode.UpstreamTimeout, "The provider did not answer in time. The call may have been billed.")
            : new Problem(ProblemCode.UpstreamStreamError, "The connection to the provider failed after the request was sent. The call may have been billed.");
    }

    private static RequestOutcome OutcomeOf(GatewayContext context, bool timedOut) => context.Disconnect switch
    {
        { ClientGone: true, FinishedBeforeGone: true } => RequestOutcome.Completed,
        { ClientGone: true } => RequestOutcome.ClientAborted,
        _ when timedOut => RequestOutcome.Timeout,
        _ => context.Attempt!.Status == 0 ? RequestOutcome.UpstreamError : RequestOutcome.Truncated,
    };
}
