using LLMeterProxy.Core.Ids;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger;

internal static partial class LedgerLog
{
    [LoggerMessage(2101, LogLevel.Error, "Record {AttemptId} of tenant {Tenant} is in the ledger with another content; this one was set aside and not counted", EventName = "LedgerConflict")]
    public static partial void Conflict(ILogger logger, RequestId attemptId, string tenant);

    [LoggerMessage(2102, LogLevel.Warning, "The estimate of {AttemptId} was corrected by {NanoUsd} nano-USD, because its record came after all", EventName = "OrphanCorrected")]
    public static partial void OrphanCorrected(ILogger logger, RequestId attemptId, long nanoUsd);

    [LoggerMessage(2103, LogLevel.Error, "Journal entry before {Segment}:{Offset} is no usage record of this program; it was set aside", EventName = "LedgerUnreadable")]
    public static partial void Unreadable(ILogger logger, Exception exception, int segment, int offset);

    [LoggerMessage(2104, LogLevel.Error, "A batch could not be written to the ledger; the journal keeps it and it is tried again", EventName = "ShippingFailed")]
    public static partial void ShippingFailed(ILogger logger, Exception exception);

    [LoggerMessage(2105, LogLevel.Information, "The ledger's schema was brought forward by {Count} migrations", EventName = "LedgerMigrated")]
    public static partial void Migrated(ILogger logger, int count);
}
