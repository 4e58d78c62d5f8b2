using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Redis;

internal static partial class RedisBudgetLog
{
    [LoggerMessage(2401, LogLevel.Warning, "The budget slot {Slot} could not be opened from the ledger; its calls are refused meanwhile", EventName = "SlotNotOpened")]
    public static partial void NotOpened(ILogger logger, Exception exception, string slot);

    [LoggerMessage(2402, LogLevel.Warning, "Settlements could not be read from the journal; it is tried again", EventName = "UnsettledNotRead")]
    public static partial void NotRead(ILogger logger, Exception exception);

    [LoggerMessage(2403, LogLevel.Warning, "More than {Capacity} settlements wait for Redis; what comes now is read from the journal later", EventName = "SettlementsOverflowed")]
    public static partial void Overflowed(ILogger logger, int capacity);

    [LoggerMessage(2404, LogLevel.Information, "In budget epoch {Epoch}: brought {Holds} holds in flight and what the journal had", EventName = "EpochReplayed")]
    public static partial void Replayed(ILogger logger, long epoch, int holds);
}
