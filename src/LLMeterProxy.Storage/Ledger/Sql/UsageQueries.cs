using System.Data.Common;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Answers usage queries from the rollups. SQL sums by everything but time; days and hours are drawn here, because only the
/// time zone database knows them. A call with two tags counts in the groups of both; calls without a tag are in none.
/// </summary>
internal sealed class UsageQueries(Func<ReadOnlyMemory<byte>, UsageRecord> decode)
{
    /// <summary>The longest time over which tags are combined with what their rollups do not have: such a query reads records.</summary>
    public static readonly TimeSpan LongestFromRecords = TimeSpan.FromDays(32);

    /// <summary>A year and a bit, in quarters of an hour: more is first cut down to what there is.</summary>
    private const long LongestUnbounded = 400 * 96;

    /// <summary>Tenants that one statement sums: few at first where a page may be full soon.</summary>
    private const int FirstTenants = 4;

    private const int MaxTenants = 64;

    /// <exception cref="RefusedQueryException">The cursor is not of this query, or the query would have to read too many records.</exception>
    public Page<UsageRow> Query(DbConnection connection, UsageQuery query)
    {
        ThrowUnlessValid(query);
        var after = query.After is null ? null : PageCursor.ReadValues(query.After, query.GroupBy.Count);
        var groups = query.GroupBy.Contains(UsageGroup.Tag) && query.GroupBy.Any(IsNotInTagRollups)
            ? FromRecords(connection, query)
            : FromRollups(connection, query, after);
        if (query.GroupBy.Count == 0)
        {
            return new Page<UsageRow>([groups.GetValueOrDefault([], new UsageGroupSums([])).Sums.ToRow([])], Next: null);
        }

        var rows = groups.Values
            .Where(group => after is null || Compare(group.Values, after) > 0)
            .Order(Comparer<UsageGroupSums>.Create((left, right) => Compare(left.Values, right.Values)))
            .Take(query.Limit + 1)
            .Select(group => group.Sums.ToRow(group.Values))
            .ToList();
        if (rows.Count <= query.Limit)
        {
            return new Page<UsageRow>(rows, Next: null);
        }

        rows.RemoveAt(rows.Count - 1);
        return new Page<UsageRow>(rows, PageCursor.Of(rows[^1].Group));
    }

    /// <summary>Mean output tokens per call that a provider reported; null without any.</summary>
    /// <param name="since">The first bucket.</param>
    public static double? MeanOutputTokens(DbConnection connection, string tenant, string model, long since)
    {
        // Only what providers reported: a mean that contained our estimates would confirm them.
        using var command = connection.Command(
            """
            SELECT CAST(COALESCE(SUM(output), 0) AS BIGINT), CAST(COALESCE(SUM(requests), 0) AS BIGINT) FROM rollups
            WHERE tenant = @tenant AND bucket >= @since AND model = @model AND channel = 'proxy' AND source = 'reported'
            """,
            ("@tenant", tenant), ("@since", since), ("@model", model));
        using var reader = command.ExecuteReader();
        reader.Read();
        var requests = reader.GetInt64(1);
        return requests == 0 ? null : reader.GetInt64(0) / (double)requests;
    }

    private static void ThrowUnlessValid(UsageQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 1_000, nameof(query));
    }

    private static Dictionary<string[], UsageGroupSums> FromRollups(DbConnection connection, UsageQuery query, string[]? after)
    {
        var calendar = new UsageCalendar(query.TimeZone);
        var sums = new Dictionary<string[], UsageGroupSums>(GroupComparer.Instance);
        var parts = PartsOf(connection, query, calendar);
        if (parts.Count == 0)
        {
            return sums;
        }

        if (query.Tenant is { } tenant)
        {
            Sum(connection, query, parts, [tenant], calendar, sums);
            return sums;
        }

        // Where the tenant leads, groups come in the order of the tenants: once a page is full the rest need not be read.
        var isLed = query.GroupBy.Count > 0 && query.GroupBy[0] == UsageGroup.Tenant;
        var tenants = Tenants(connection, parts[0].Table == "tag_rollups" ? "tag_rollups" : "rollups", isLed && after is not null ? after[0] : "");
        for (var (at, size) = (0, isLed ? FirstTenants : MaxTenants); at < tenants.Count;)
        {
            Sum(connection, query, parts, tenants.Skip(at).Take(size).ToArray(), calendar, sums);
            at += size;
            if (isLed)
            {
                var missing = query.Limit + 1 - sums.Values.Count(group => after is null || Compare(group.Values, after) > 0);
                if (missing <= 0)
                {
                    break;
                }

                // As many tenants as would fill the page if they had as many groups as those so far.
                size = Math.Clamp((missing / Math.Max(1, sums.Count / at)) + 1, 1, MaxTenants);
            }
        }

        return sums;
    }

    private static IReadOnlyList<RollupPart> PartsOf(DbConnection connection, UsageQuery query, UsageCalendar calendar)
    {
        var (from, to) = (RollupBucket.Of(query.From), RollupBucket.AtOrAfter(query.To));

        // A question without bounds in time would be cut into spans of ages in which nothing was.
        if (to - from > LongestUnbounded)
        {
            using var command = connection.Command("SELECT min(bucket), max(bucket) FROM coarse_rollups WHERE quarters = @six", ("@six", CoarseKey.SixHours));
            using var reader = command.ExecuteReader();
            if (!reader.Read() || reader.IsDBNull(0))
            {
                return [];
            }

            (from, to) = (Math.Max(from, reader.GetInt64(0)), Math.Min(to, reader.GetInt64(1) + CoarseKey.SixHours));
        }

        return RollupPart.For(query, from, to, calendar);
    }

    private static void Sum(
        DbConnection connection,
        UsageQuery query,
        IReadOnlyList<RollupPart> parts,
        string[] tenants,
        UsageCalendar calendar,
        Dictionary<string[], UsageGroupSums> sums)
    {
        var columns = query.GroupBy.Select(Column).Distinct(StringComparer.Ordinal).ToList();
        var selected = string.Join(", ", columns.Concat(UsageSums.Columns.Select(c => $"CAST(COALESCE(SUM(r.{c}), 0) AS BIGINT)")));
        var names = string.Join(", ", tenants.Select((_, i) => $"@t{i}"));
        var grouping = columns.Count == 0 ? "" : " GROUP BY " + string.Join(", ", columns);
        var positions = query.GroupBy.Select(group => columns.IndexOf(Column(group))).ToArray();
        foreach (var part in parts)
        {
            using var command = connection.Command(
                $"SELECT {selected} FROM {part.Table} AS r WHERE r.tenant IN ({names}) AND {part.Condition}{grouping}",
                tenants.Select((tenant, i) => ($"@t{i}", (object?)tenant)).ToArray());
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var values = new string[positions.Length];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = query.GroupBy[i] switch
                    {
                        UsageGroup.Day => calendar.DayOf(reader.GetInt64(positions[i])),
                        UsageGroup.Hour => calendar.HourOf(reader.GetInt64(positions[i])),
                        _ => reader.GetString(positions[i]),
                    };
                }

                Group(sums, values).Add(reader, columns.Count);
            }
        }
    }

    // The tenant leads the key of every table: from one to the next is a step, and not a scan of what lies between.
    private static List<string> Tenants(DbConnection connection, string table, string first)
    {
        using var command = connection.Command(
            $"""
            WITH RECURSIVE every (tenant) AS (
                SELECT min(tenant) FROM {table} WHERE tenant >= @first
                UNION ALL
                SELECT (SELECT min(tenant) FROM {table} WHERE tenant > every.tenant) FROM every WHERE every.tenant IS NOT NULL)
            SELECT tenant FROM every WHERE tenant IS NOT NULL
            """,
            ("@first", first));
        using var reader = command.ExecuteReader();
        var tenants = new List<string>();
        while (reader.Read())
        {
            tenants.Add(reader.GetString(0));
        }

        return tenants;
    }

    private Dictionary<string[], UsageGroupSums> FromRecords(DbConnection connection, UsageQuery query)
    {
        if (query.To - query.From > LongestFromRecords)
        {
            throw new RefusedQueryException("to", "is too far from from: tags together with key, provider, model or operation are summed from records, for one month at most");
        }

        var calendar = new UsageCalendar(query.TimeZone);
        var sums = new Dictionary<string[], UsageGroupSums>(GroupComparer.Instance);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(RollupBucket.Of(query.From) * RollupBucket.Milliseconds);
        var to = DateTimeOffset.FromUnixTimeMilliseconds(RollupBucket.AtOrAfter(query.To) * RollupBucket.Milliseconds);
        foreach (var record in RecordQueries.Stream(connection, decode, query.Tenant, from, to))
        {
            // A client may name a tag twice; that is one call all the same.
            foreach (var tag in record.Tags.Select(tag => $"{tag.Key}={tag.Value}").Distinct(StringComparer.Ordinal))
            {
                var values = query.GroupBy.Select(group => Value(group, record, tag, calendar)).ToArray();
                Group(sums, values).Add(record);
            }
        }

        return sums;
    }

    private static UsageSums Group(Dictionary<string[], UsageGroupSums> groups, string[] values)
    {
        if (!groups.TryGetValue(values, out var group))
        {
            groups.Add(values, group = new UsageGroupSums(values));
        }

        return group.Sums;
    }

    private static int Compare(string[] left, string[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var order = string.CompareOrdinal(left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static bool IsNotInTagRollups(UsageGroup group) =>
        group is UsageGroup.Key or UsageGroup.Provider or UsageGroup.Model or UsageGroup.Operation;

    private static string Column(UsageGroup group) => group switch
    {
        UsageGroup.Tenant => "r.tenant",
        UsageGroup.Key => "r.key_id",
        UsageGroup.Provider => "r.provider",
        UsageGroup.Model => "r.model",
        UsageGroup.Operation => "r.operation",
        UsageGroup.Day or UsageGroup.Hour => "r.bucket",
        UsageGroup.Tag => $"CASE WHEN r.name = '{TagValues.Other}' THEN r.name ELSE r.name || '=' || r.value END",
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "No such group."),
    };

    private static string Value(UsageGroup group, UsageRecord record, string tag, UsageCalendar calendar) => group switch
    {
        UsageGroup.Tenant => record.Tenant,
        UsageGroup.Key => record.KeyId,
        UsageGroup.Provider => record.Provider,
        UsageGroup.Model => record.Model,
        UsageGroup.Operation => record.Operation,
        UsageGroup.Day => calendar.DayOf(RollupBucket.Of(record.AttemptId.OccurredAt)),
        UsageGroup.Hour => calendar.HourOf(RollupBucket.Of(record.AttemptId.OccurredAt)),
        UsageGroup.Tag => tag,
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "No such group."),
    };

    private sealed record UsageGroupSums(string[] Values)
    {
        public UsageSums Sums { get; } = new();
    }

    /// <summary>Groups are the same where each of their values is, to the letter.</summary>
    private sealed class GroupComparer : IEqualityComparer<string[]>
    {
        public static readonly GroupComparer Instance = new();

        public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(string[] obj)
        {
            var hash = new HashCode();
            foreach (var value in obj)
            {
                hash.Add(value, StringComparer.Ordinal);
            }

            return hash.ToHashCode();
        }
    }
}
