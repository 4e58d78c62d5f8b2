using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Journal;

internal static partial class JournalLog
{
    [LoggerMessage(2000, LogLevel.Error, "No room for a further journal segment in {Directory}: new calls are refused until there is")]
    public static partial void NoSpare(ILogger log, string directory, Exception exception);

    [LoggerMessage(2001, LogLevel.Warning, "{Count} calls were under way when the process before this one died; each is charged as an estimate")]
    public static partial void Orphans(ILogger log, int count);

    [LoggerMessage(2002, LogLevel.Error, "A journal entry of segment {Segment} could not be read and is skipped")]
    public static partial void Unreadable(ILogger log, int segment, Exception exception);

    [LoggerMessage(2003, LogLevel.Error, "Only {FreeBytes} of {TotalBytes} bytes are free where {Directory} is: new calls are refused until there is more")]
    public static partial void DiskLow(ILogger log, string directory, long freeBytes, long totalBytes);

    [LoggerMessage(2004, LogLevel.Information, "There are {FreeBytes} bytes free again where {Directory} is: calls are taken")]
    public static partial void DiskAmple(ILogger log, string directory, long freeBytes);
}
