using System.Data.Common;
using LLMeterProxy.Core.Ledger;
using NodaTime;
using NodaTime.Text;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Answers usage queries from the rollups. SQL sums by everything but time; days and hours are drawn here, because only the
/// time zone database knows them. A call with two tags counts in the groups of both; calls without a tag are in none.
/// </summary>
internal sealed class UsageQueries(Func<ReadOnlyMemory<byte>, UsageRecord> decode)
{
    /// <summary>The longest time over which tags are combined with what their rollups do not have: such a query reads records.</summary>
    public static readonly TimeSpan LongestFromRecords = TimeSpan.FromDays(32);

    /// <exception cref="RefusedQueryException">The cursor is not of this query, or the query would have to read too many records.</exception>
    public Page<UsageRow> Query(DbConnection connection, UsageQuery query)
    {
        ThrowUnlessValid(query);
        var groups = query.GroupBy.Contains(UsageGroup.Tag) && query.GroupBy.Any(IsNotInTagRollups)
            ? FromRecords(connection, query)
            : FromRollups(connection, query);
        if (query.GroupBy.Count == 0)
        {
            return new Page<UsageRow>([groups.GetValueOrDefault("", new UsageGroupSums([])).Sums.ToRow([])], Next: null);
        }

        var after = query.After is null ? null : PageCursor.ReadValues(query.After, query.GroupBy.Count);
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

    private static Dictionary<string, UsageGroupSums> FromRollups(DbConnection connection, UsageQuery query)
    {
        var table = query.GroupBy.Contains(UsageGroup.Tag) ? "tag_rollups" : "rollups";
        var columns = query.GroupBy.Select(Column).Distinct(StringComparer.Ordinal).ToList();
        var selected = string.Join(", ", columns.Concat(UsageSums.Columns.Select(c => $"CAST(COALESCE(SUM({c}), 0) AS BIGINT)")));
        var from = query.Tenant is null
            ? OfEveryTenant(table, selected)
            : $"SELECT {selected} FROM {table} AS r WHERE r.tenant = @tenant AND";
        var grouping = columns.Count == 0 ? "" : " GROUP BY " + string.Join(", ", columns);
        using var command = connection.Command(
            $"{from} r.bucket >= @from AND r.bucket < @to{grouping}",
            ("@from", RollupBucket.Of(query.From)), ("@to", RollupBucket.AtOrAfter(query.To)), ("@tenant", query.Tenant));

        var calendar = new Calendar(query.TimeZone);
        var positions = query.GroupBy.Select(group => columns.IndexOf(Column(group))).ToArray();
        var sums = new Dictionary<string, UsageGroupSums>(StringComparer.Ordinal);
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

        return sums;
    }

    // The tenant leads the key: walking the tenants first lets the bucket be searched by the key, too, and not by a scan.
    private static string OfEveryTenant(string table, string selected) =>
        $"""
        WITH RECURSIVE every (tenant) AS (
            SELECT min(tenant) FROM {table}
            UNION ALL
            SELECT (SELECT min(tenant) FROM {table} WHERE tenant > every.tenant) FROM every WHERE every.tenant IS NOT NULL)
        SELECT {selected} FROM every CROSS JOIN {table} AS r WHERE r.tenant = every.tenant AND
        """;

    private Dictionary<string, UsageGroupSums> FromRecords(DbConnection connection, UsageQuery query)
    {
        if (query.To - query.From > LongestFromRecords)
        {
            throw new RefusedQueryException("to", "is too far from from: tags together with key, provider, model or operation are summed from records, for one month at most");
        }

        var calendar = new Calendar(query.TimeZone);
        var sums = new Dictionary<string, UsageGroupSums>(StringComparer.Ordinal);
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

    private static UsageSums Group(Dictionary<string, UsageGroupSums> groups, string[] values)
    {
        // Names come from clients: a length before each keeps "a","bc" apart from "ab","c".
        var key = string.Concat(values.Select(value => $"{value.Length}:{value}"));
        if (!groups.TryGetValue(key, out var group))
        {
            groups.Add(key, group = new UsageGroupSums(values));
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

    private static string Value(UsageGroup group, UsageRecord record, string tag, Calendar calendar) => group switch
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

    /// <summary>The days and hours of a zone by bucket. The two hours of an autumn shift bear one name and are summed.</summary>
    private sealed class Calendar(string zone)
    {
        private static readonly LocalDateTimePattern _day = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd");
        private static readonly LocalDateTimePattern _hour = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH':00'");

        private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[zone];
        private readonly Dictionary<long, string> _days = [];

        public string DayOf(long bucket)
        {
            if (!_days.TryGetValue(bucket, out var day))
            {
                _days.Add(bucket, day = _day.Format(Local(bucket)));
            }

            return day;
        }

        public string HourOf(long bucket) => _hour.Format(Local(bucket));

        private LocalDateTime Local(long bucket) =>
            Instant.FromUnixTimeMilliseconds(bucket * RollupBucket.Milliseconds).InZone(_zone).LocalDateTime;
    }
}
