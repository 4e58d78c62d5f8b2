using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Wire.Problems;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Gateway.Telemetry;

/// <summary>Every log line of the gateway. Never a key, a query, a body or a prompt (A77). Client-caused: Debug; upstream: Warning; ours: Error.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1000, LogLevel.Debug, "Call {RequestId} refused: {Code}")]
    public static partial void Refused(ILogger log, RequestId requestId, ProblemCode code);

    [LoggerMessage(1001, LogLevel.Warning, "Provider {Provider}: connecting failed ({Error})")]
    public static partial void ConnectFailed(ILogger log, string provider, HttpRequestError error);

    [LoggerMessage(1002, LogLevel.Warning, "Provider {Provider} refused this gateway's credential with status {Status}: check its API key")]
    public static partial void CredentialRefused(ILogger log, string provider, int status);

    [LoggerMessage(1003, LogLevel.Information, "Call {RequestId} goes to {Provider} again after status {Status}")]
    public static partial void AttemptRepeated(ILogger log, RequestId requestId, string provider, int status);

    [LoggerMessage(1004, LogLevel.Error, "Call {RequestId}: the usage record could not be committed")]
    public static partial void CommitFailed(ILogger log, RequestId requestId, Exception exception);

    [LoggerMessage(1005, LogLevel.Error, "Call {RequestId}: the usage record was built from the minimum")]
    public static partial void RecordDegraded(ILogger log, RequestId requestId, Exception exception);

    [LoggerMessage(1006, LogLevel.Error, "Call {RequestId} failed in the gateway")]
    public static partial void Failed(ILogger log, RequestId requestId, Exception exception);

    [LoggerMessage(1007, LogLevel.Warning, "Call {RequestId}: provider {Provider} failed with {Error}")]
    public static partial void UpstreamFailed(ILogger log, RequestId requestId, string provider, Yarp.ReverseProxy.Forwarder.ForwarderError error);
}
