using System.Globalization;
using System.Text;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// A table of sums with the buckets of it that a question needs. The parts of a question are disjoint and cover its time: six hours
/// wherever six are in it (and in one day of the zone, if days are asked for), else hours, else quarters. A day that begins at
/// a quarter past, as in Kathmandu, is thus a dozen rows and not 96.
/// </summary>
/// <param name="Condition">On the columns of the table, named <c>r</c>. Numbers alone, none of them from outside.</param>
internal readonly record struct RollupPart(string Table, string Condition)
{
    /// <param name="from">The first bucket.</param>
    /// <param name="to">The bucket after the last.</param>
    public static IReadOnlyList<RollupPart> For(UsageQuery query, long from, long to, UsageCalendar calendar)
    {
        if (query.GroupBy.Contains(UsageGroup.Tag))
        {
            return [new RollupPart("tag_rollups", Between(from, to))];
        }

        return query.GroupBy.Contains(UsageGroup.Key) || query.GroupBy.Contains(UsageGroup.Hour)
            ? [new RollupPart("rollups", Between(from, to))]
            : Mixed(from, to, query.GroupBy.Contains(UsageGroup.Day) ? calendar : null);
    }

    private static List<RollupPart> Mixed(long from, long to, UsageCalendar? days)
    {
        // Without days there are five stretches at most. With them the list has an entry a span, which is why it is not for decades.
        var (sixHours, hours, quarters) = (new Stretches(), new Stretches(), new Stretches());
        for (var at = from; at < to;)
        {
            if (Fits(at, CoarseKey.SixHours, to, days))
            {
                at = sixHours.Add(at, CoarseKey.SixHours);
            }
            else if (Fits(at, CoarseKey.Hour, to, days))
            {
                at = hours.Add(at, CoarseKey.Hour);
            }
            else
            {
                at = quarters.Add(at, 1);
            }
        }

        var parts = new List<RollupPart>();
        AddTo(parts, "coarse_rollups", $"r.quarters = {CoarseKey.SixHours} AND ", sixHours, days is not null);
        AddTo(parts, "coarse_rollups", $"r.quarters = {CoarseKey.Hour} AND ", hours, days is not null);
        AddTo(parts, "rollups", "", quarters, days is not null);
        return parts;
    }

    private static bool Fits(long at, long quarters, long to, UsageCalendar? days) =>
        CoarseKey.StartOf(at, quarters) == at && at + quarters <= to && (days is null || days.IsOneDay(at, quarters));

    private static void AddTo(List<RollupPart> parts, string table, string grain, Stretches stretches, bool asList)
    {
        if (asList && stretches.Buckets.Count > 0)
        {
            var list = new StringBuilder(grain).Append("r.bucket IN (");
            list.AppendJoin(',', stretches.Buckets.Select(b => b.ToString(CultureInfo.InvariantCulture)));
            parts.Add(new RollupPart(table, list.Append(')').ToString()));
        }
        else
        {
            parts.AddRange(stretches.Runs.Select(run => new RollupPart(table, grain + Between(run.First, run.Past))));
        }
    }

    private static string Between(long from, long to) =>
        string.Create(CultureInfo.InvariantCulture, $"r.bucket >= {from} AND r.bucket < {to}");

    /// <summary>Spans of one length, and the unbroken runs that they make.</summary>
    private sealed class Stretches
    {
        public List<long> Buckets { get; } = [];

        public List<(long First, long Past)> Runs { get; } = [];

        /// <returns>What comes after the span.</returns>
        public long Add(long bucket, long quarters)
        {
            Buckets.Add(bucket);
            if (Runs.Count > 0 && Runs[^1].Past == bucket)
            {
                Runs[^1] = (Runs[^1].First, bucket + quarters);
            }
            else
            {
                Runs.Add((bucket, bucket + quarters));
            }

            return bucket + quarters;
        }
    }
}
