using System.Data.Common;
using System.Globalization;
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

    /// <summary>Makes the months of instants, and the next one in time.</summary>
    public void EnsureFor(IEnumerable<DateTimeOffset> instants)
    {
        List<(int Year, int Month)>? missing = null;
        Need(MonthOf(time.GetUtcNow() + _ahead), ref missing);
        foreach (var instant in instants)
        {
            Need(MonthOf(instant), ref missing);
        }

        if (missing is not null)
        {
            Ensure(missing);
        }
    }

    /// <summary>Drops every month before another one.</summary>
    /// <returns>How many there were.</returns>
    public int DropBefore(DateTimeOffset month)
    {
        var dropped = database.Write(connection =>
        {
            // Dropping waits for every reader of the table, and whoever comes after would wait behind it: not for long.
            connection.Execute("SET LOCAL lock_timeout = '2s'");
            connection.Execute("SELECT pg_advisory_xact_lock(@key)", ("@key", LockKey));
            RecordRetention.Write(connection, month);
            var count = 0;
            foreach (var name in Existing(connection))
            {
                if (string.CompareOrdinal(name, Name(month.Year, month.Month)) < 0)
                {
                    connection.Execute($"DROP TABLE {name}");
                    count++;
                }
            }

            return count;
        });
        Forget();
        return dropped;
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
        var name = Name(year, month);
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

    private static List<string> Existing(DbConnection connection)
    {
        using var command = connection.Command(
            "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'records'::regclass");
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    // The order of the names is that of the months.
    private static string Name(int year, int month) => string.Create(CultureInfo.InvariantCulture, $"records_{year:D4}_{month:D2}");

    private static (int Year, int Month) MonthOf(DateTimeOffset instant) => (instant.UtcDateTime.Year, instant.UtcDateTime.Month);
}
