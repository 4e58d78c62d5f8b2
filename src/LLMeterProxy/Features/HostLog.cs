namespace LLMeterProxy.Features;

internal static partial class HostLog
{
    [LoggerMessage(3000, LogLevel.Information, "Stores are ready (incarnation {Incarnation})")]
    public static partial void StorageReady(ILogger log, string incarnation);

    [LoggerMessage(3001, LogLevel.Information, "All records are in the ledger")]
    public static partial void StorageStopped(ILogger log);

    [LoggerMessage(3004, LogLevel.Critical, "The ledger could not be written within {Limit} of the last call: records are in the journal in {DataDirectory} alone. Start on that directory again, or run 'journal ship' on it, before it goes", EventName = "RecordsLeft")]
    public static partial void RecordsLeft(ILogger log, TimeSpan limit, string dataDirectory);

    [LoggerMessage(3002, LogLevel.Information, "Gateway {Gateway}, control {Control}, data {DataDirectory}, runtime {Runtime}")]
    public static partial void Serving(ILogger log, string gateway, string control, string dataDirectory, string runtime);

    [LoggerMessage(3003, LogLevel.Information, "Draining: calls under way have {Limit} to end")]
    public static partial void Draining(ILogger log, TimeSpan limit);
}
