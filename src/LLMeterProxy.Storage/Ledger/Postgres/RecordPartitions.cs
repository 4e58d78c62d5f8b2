using System.Data.Common;
using System.Globalization;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>
/// The monthly partitions of the records: made ahead at start, and by whoever brings a record of a month that has none. Attached
/// and not created as partitions, because attaching does not wait for readers of the table.
/// </summary>
internal sealed class RecordPartitions(ILedgerDatabase database, TimeProvider time)
{
    /// <summary>The nodes take turns at it.</summary>
    private const long LockKey = 0x6C6C_6D65_7465_7201;

    // Soon enough for a node that writes all the time to make the next month before its first record.
    private static readonly TimeSpan _ahead = TimeSpan.FromDays(7);

    private readonly HashSet<(int Year, int Month)> _known = [];

    /// <summary>Makes this month and the two after it.</summary>
    public void EnsureAhead()
    {
        var now = time.GetUtcNow();
        Ensure([MonthOf(now), MonthOf(now.AddMonths(1)), MonthOf(now.AddMonths(2))]);
    }

    /// <summary>Makes the months of records, and the next one in time.</summary>
    public void EnsureFor(IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records)
    {
        List<(int Year, int Month)>? missing = null;
        Need(MonthOf(time.GetUtcNow() + _ahead), ref missing);
        for (var i = 0; i < records.Count; i++)
        {
            Need(MonthOf(records[i].Record.AttemptId.OccurredAt), ref missing);
        }

        if (missing is not null)
        {
            Ensure(missing);
        }
    }

    /// <summary>Another node has dropped a month.</summary>
    public void Forget() => _known.Clear();

    private void Need((int Year, int Month) month, ref List<(int Year, int Month)>? missing)
    {
        if (!_known.Contains(month))
        {
            missing ??= [];
            missing.Add(month);
        }
    }

    private void Ensure(IReadOnlyList<(int Year, int Month)> months)
    {
        database.Write(connection =>
        {
            connection.Execute("SELECT pg_advisory_xact_lock(@key)", ("@key", LockKey));
            foreach (var (year, month) in months.Distinct().Order())
            {
                Make(connection, year, month);
            }

            return true;
        });
        _known.UnionWith(months);
    }

    private static void Make(DbConnection connection, int year, int month)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"records_{year:D4}_{month:D2}");
        if (connection.Scalar("SELECT to_regclass(@name)::text", ("@name", name)) is not null)
        {
            return;
        }

        var from = new DateTimeOffset(year, month, 1, 0, 0, 0, TimeSpan.Zero);
        var (first, end) = (from.ToUnixTimeMilliseconds(), from.AddMonths(1).ToUnixTimeMilliseconds());

        connection.Execute(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            CREATE TABLE {name} (LIKE records INCLUDING DEFAULTS);
            ALTER TABLE records ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({end});
            CREATE TRIGGER {name}_never_emptied BEFORE TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
            """));
    }

    private static (int Year, int Month) MonthOf(DateTimeOffset instant) => (instant.UtcDateTime.Year, instant.UtcDateTime.Month);
}
