using System.Data.Common;
using System.Globalization;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// What is left when months of records are dropped: everything but the records. The heads of the chains stay, and with them it is
/// known that a record of a dropped month was counted, should its journal bring it once more.
/// </summary>
internal static class RecordRetention
{
    private const string Setting = "records_from";

    /// <summary>What must be kept: the running month, and the 32 days over which usage is summed from records.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromDays(62);

    /// <summary>The first instant of the month of an instant: whole months go or stay.</summary>
    public static DateTimeOffset MonthOf(DateTimeOffset instant) => new(instant.UtcDateTime.Year, instant.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    /// <exception cref="ArgumentOutOfRangeException">Too much would go.</exception>
    public static void ThrowIfTooLate(DateTimeOffset instant, DateTimeOffset now)
    {
        if (instant > now - Shortest)
        {
            throw new ArgumentOutOfRangeException(nameof(instant), instant, $"Records of the last {Shortest.TotalDays} days stay.");
        }
    }

    /// <summary>Notes inside the transaction that drops them that records before an instant are gone. It never goes back.</summary>
    public static void Write(DbConnection connection, DateTimeOffset from)
    {
        if (Read(connection) is { } stored && stored >= from)
        {
            return;
        }

        connection.Execute(
            "INSERT INTO settings (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            ("@name", Setting), ("@value", from.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Whether a record was counted before its month was dropped.</summary>
    public static bool WasCounted(DbConnection connection, in BatchRecord record, DateTimeOffset recordsFrom) =>
        record.Record.AttemptId.OccurredAt < recordsFrom
        && record.Record.ChainSeq > 0
        && connection.Scalar(
            "SELECT seq FROM chain_heads WHERE tenant = @tenant AND incarnation = @incarnation",
            ("@tenant", record.Record.Tenant), ("@incarnation", record.Record.Incarnation)) is long seq
        && record.Record.ChainSeq <= seq;

    /// <summary>The instant before which records are gone; null where none are.</summary>
    public static DateTimeOffset? Read(DbConnection connection) =>
        connection.Scalar("SELECT value FROM settings WHERE name = @name", ("@name", Setting)) is string value
            ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(value, CultureInfo.InvariantCulture))
            : null;
}
