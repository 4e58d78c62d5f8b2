using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Tenancy;
using NodaTime;
using NodaTime.Text;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>The period of a usage question: <c>from</c> and <c>to</c>, by default the current month in the zone of the question.</summary>
/// <param name="From">UTC, inclusive.</param>
/// <param name="To">UTC, exclusive.</param>
/// <param name="TimeZone">IANA id.</param>
internal sealed record UsagePeriod(DateTimeOffset From, DateTimeOffset To, string TimeZone)
{
    /// <summary>Reads the parameters; what is wrong goes to <paramref name="errors"/>, and then the result means nothing.</summary>
    public static UsagePeriod Read(
        QueryReader query, Tenant? tenant, AdminApiOptions options, IZoneCatalog zones, DateTimeOffset now, FieldErrors errors)
    {
        var id = query.Text("timeZone") ?? ZoneOf(tenant, now) ?? options.TimeZone;
        if (!zones.IsValid(id) || DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not { } zone)
        {
            errors.Add("timeZone", "must be an IANA time zone such as Europe/Berlin");
            return new UsagePeriod(now, now, id);
        }

        var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        var month = new LocalDate(today.Year, today.Month, 1);
        var from = Bound(query.Text("from"), "from", zone, errors) ?? zone.AtStartOfDay(month).ToInstant();
        var to = Bound(query.Text("to"), "to", zone, errors) ?? DefaultEnd(from, zone.AtStartOfDay(month.PlusMonths(1)).ToInstant());
        if (!errors.Has("from") && !errors.Has("to") && from >= to)
        {
            errors.Add("to", "must be after from");
        }

        return new UsagePeriod(from.ToDateTimeOffset(), to.ToDateTimeOffset(), id);
    }

    // A question that begins after this month has no sensible default end but its own beginning's future.
    private static Instant DefaultEnd(Instant from, Instant monthEnd) => from < monthEnd ? monthEnd : from + Duration.FromDays(31);

    /// <summary>An instant with its offset, or a date or local time in the zone of the question.</summary>
    private static Instant? Bound(string? text, string field, DateTimeZone zone, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        if (OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } instant)
        {
            return instant.Value.ToInstant();
        }

        if (LocalDatePattern.Iso.Parse(text) is { Success: true } date)
        {
            return zone.AtStartOfDay(date.Value).ToInstant();
        }

        if (LocalDateTimePattern.ExtendedIso.Parse(text) is { Success: true } local)
        {
            return zone.AtLeniently(local.Value).ToInstant();
        }

        errors.Add(field, "must be ISO 8601: 2026-11-01T00:00:00Z, 2026-11-01T00:00:00+01:00 (its '+' sent as %2B), or 2026-11-01 in the zone of the question");
        return null;
    }

    /// <summary>The zone in force now: a change that is still to come does not draw this month.</summary>
    private static string? ZoneOf(Tenant? tenant, DateTimeOffset now) =>
        tenant?.TimeZoneChanges.LastOrDefault(c => c.ValidFrom <= now)?.TimeZone ?? tenant?.TimeZone;
}
