using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Settle;
using LLMeterProxy.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Transforms;

namespace LLMeterProxy.Gateway.Forward.Transforms;

/// <summary>
/// Judges the upstream's status before a header is copied. A refusal of our own credential becomes 502 without the body,
/// which may echo part of the key, or all that was signed (T75); a redirect is never followed or shown (T32); every other error passes byte for
/// byte, recorded at cost 0 where it is documented as unbilled.
/// </summary>
public sealed class UpstreamRefusal(SettleStage settle, ILogger<UpstreamRefusal> log) : ResponseTransform
{
    public override ValueTask ApplyAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is null)
        {
            return ValueTask.CompletedTask;
        }

        var call = GatewayFeature.Of(context.HttpContext);
        var status = (int)context.ProxyResponse.StatusCode;
        if (status is >= 200 and < 300)
        {
            return ValueTask.CompletedTask;
        }

        if (status < 400)
        {
            call.UpstreamProblem = new Problem(ProblemCode.UpstreamStreamError, "The provider answered with a redirect, which is not followed.");
            context.SuppressResponseBody = true;
        }
        else if (status is 401 or 403 && (call.Credential is not null || call.Provider!.Authorizer is not null))
        {
            GatewayLog.CredentialRefused(log, call.Provider!.Name, status);
            call.UpstreamProblem = new Problem(
                ProblemCode.UpstreamCredentialRejected,
                "The provider refused this gateway's own credential. The operator of the gateway has to act; retrying does not help.");
            context.SuppressResponseBody = true;
        }

        if (call.IsMetered && call.Provider!.Dialect.IsUnbilled(status))
        {
            settle.RecordUnbilled(call, endsHold: true);
        }

        return ValueTask.CompletedTask;
    }
}
