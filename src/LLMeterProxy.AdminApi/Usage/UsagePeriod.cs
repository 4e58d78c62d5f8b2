using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Tenancy;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>The period of a usage question: <c>from</c> and <c>to</c>, by default the current month in the zone of the question.</summary>
/// <param name="From">UTC, inclusive.</param>
/// <param name="To">UTC, exclusive.</param>
/// <param name="TimeZone">IANA id.</param>
internal sealed record UsagePeriod(DateTimeOffset From, DateTimeOffset To, string TimeZone)
{
    // Far from the ends of what the types can hold, so that an offset or a month can be added.
    private const int FirstYear = 1970;
    private const int LastYear = 9998;

    // A local time that the clocks skip, or a whole day, is the first one after it.
    private static readonly ZoneLocalMappingResolver _resolver =
        Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    /// <inheritdoc cref="Of"/>
    public static UsagePeriod Read(
        QueryReader query, Tenant? tenant, AdminApiOptions options, IZoneCatalog zones, DateTimeOffset now, FieldErrors errors) =>
        Of(query.Text("timeZone"), query.Text("from"), query.Text("to"), tenant, options, zones, now, errors);

    /// <summary>Reads the parameters; what is wrong goes to <paramref name="errors"/>, and then the result means nothing.</summary>
    public static UsagePeriod Of(
        string? timeZone, string? first, string? end, Tenant? tenant, AdminApiOptions options, IZoneCatalog zones, DateTimeOffset now, FieldErrors errors)
    {
        var id = timeZone ?? ZoneOf(tenant, now) ?? options.TimeZone;
        if (!zones.IsValid(id) || DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not { } zone)
        {
            errors.Add("timeZone", "must be an IANA time zone such as Europe/Berlin");
            return new UsagePeriod(now, now, id);
        }

        var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        var month = new LocalDate(today.Year, today.Month, 1);
        var from = Bound(first, "from", zone, errors) ?? zone.AtStartOfDay(month).ToInstant();
        var to = Bound(end, "to", zone, errors) ?? DefaultEnd(from, zone.AtStartOfDay(month.PlusMonths(1)).ToInstant());
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

        LocalDateTime local;
        Offset? offset = null;
        if (OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } instant)
        {
            (local, offset) = (instant.Value.LocalDateTime, instant.Value.Offset);
        }
        else if (LocalDatePattern.Iso.Parse(text) is { Success: true } date)
        {
            local = date.Value.AtMidnight();
        }
        else if (LocalDateTimePattern.ExtendedIso.Parse(text) is { Success: true } time)
        {
            local = time.Value;
        }
        else
        {
            errors.Add(field, "must be ISO 8601: 2026-11-01T00:00:00Z, 2026-11-01T00:00:00+01:00 (its '+' sent as %2B), or 2026-11-01 in the zone of the question");
            return null;
        }

        if (local.Year is < FirstYear or > LastYear)
        {
            errors.Add(field, $"must be in the years {FirstYear} to {LastYear}");
            return null;
        }

        return offset is { } known ? local.WithOffset(known).ToInstant() : zone.ResolveLocal(local, _resolver).ToInstant();
    }

    /// <summary>The zone in force now: a change that is still to come does not draw this month.</summary>
    private static string? ZoneOf(Tenant? tenant, DateTimeOffset now) =>
        tenant?.TimeZoneChanges.LastOrDefault(c => c.ValidFrom <= now)?.TimeZone ?? tenant?.TimeZone;
}
