using NodaTime;
using NodaTime.Text;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>The days and hours of a zone by bucket. The two hours of an autumn shift bear one name and are summed.</summary>
internal sealed class UsageCalendar(string zone)
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

    /// <summary>Whether a span of quarters is within one day.</summary>
    public bool IsOneDay(long bucket, long quarters) => Local(bucket).Date == Local(bucket + quarters - 1).Date;

    private LocalDateTime Local(long bucket) =>
        Instant.FromUnixTimeMilliseconds(bucket * RollupBucket.Milliseconds).InZone(_zone).LocalDateTime;
}
