using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger.Postgres;

internal static partial class SingleNodeLog
{
    [LoggerMessage(2151, LogLevel.Warning, "Node {Other} had this ledger and did not end in order: waiting {Time}, until it has noticed at the latest", EventName = "SingleNodeWaiting")]
    public static partial void Waiting(ILogger logger, string other, TimeSpan time);

    [LoggerMessage(2152, LogLevel.Error, "The connection that keeps other nodes off this ledger broke; nothing is admitted against caps until it is back", EventName = "SingleNodeLockLost")]
    public static partial void Lost(ILogger logger, Exception exception);

    [LoggerMessage(2153, LogLevel.Information, "This node has the ledger to itself again", EventName = "SingleNodeLockBack")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(2154, LogLevel.Critical, "Another node has worked on this ledger meanwhile: the caps in this node's memory are out of date, and it ends", EventName = "SingleNodeUsurped")]
    public static partial void Usurped(ILogger logger);
}
