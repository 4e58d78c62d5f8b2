using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Tenancy;

internal static partial class TenancyLog
{
    [LoggerMessage(2151, LogLevel.Error, "Tenants, keys and budgets could not be read again; revision {Revision} stays in use", EventName = "TenancyRefreshFailed")]
    public static partial void RefreshFailed(ILogger logger, Exception exception, long revision);

    [LoggerMessage(2152, LogLevel.Debug, "Tenants, keys and budgets are at revision {Revision}", EventName = "TenancyRefreshed")]
    public static partial void Refreshed(ILogger logger, long revision);

    [LoggerMessage(2153, LogLevel.Warning, "Keys that this node does not know cannot be looked up; they are answered 503", EventName = "KeyLookupFailed")]
    public static partial void LookupFailed(ILogger logger, Exception exception);

    [LoggerMessage(2154, LogLevel.Debug, "What was found out about a key could not be shared with other replicas", EventName = "KeyAnswerNotShared")]
    public static partial void AnswerNotShared(ILogger logger, Exception exception);

    [LoggerMessage(2155, LogLevel.Error, "What listens to tenants, keys and budgets failed on revision {Revision}", EventName = "TenancyListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, Exception exception, long revision);

    [LoggerMessage(2156, LogLevel.Warning, "Other replicas cannot be told of changes; they see them at their next look", EventName = "TenancySignalFailed")]
    public static partial void SignalFailed(ILogger logger, Exception exception);
}
