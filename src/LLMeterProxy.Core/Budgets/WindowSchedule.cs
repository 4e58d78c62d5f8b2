using LLMeterProxy.Core.Tenancy;
using NodaTime;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// Finds the window of a budget that an instant falls into: a pure function of the instant and the schedule, so that no job
/// ever resets anything. For one schedule the windows tile the time line (I19, P15).
/// <para>A day starts at the first existing instant of its local date, which need not be midnight, and a date that a zone
/// skipped has no day. A week starts on its anchor's weekday; a month on its anchor's date, or on its last where it is
/// shorter.</para>
/// <para>When the zone changes, the window that runs at that moment runs out in its own zone. The next starts there and
/// ends with a window of the new zone; where that would leave less than half a window, the two are joined, because a whole
/// limit for a stub of some hours would be a gift.</para>
/// </summary>
public static class WindowSchedule
{
    /// <summary>The window of a budget at an instant.</summary>
    /// <param name="zones">From <see cref="TimeZoneSchedule.VersionsOf"/>: at least one, oldest first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The anchor does not fit the window.</exception>
    /// <exception cref="NodaTime.TimeZones.DateTimeZoneNotFoundException">A zone is not an IANA id.</exception>
    public static WindowBounds At(DateTimeOffset instant, BudgetWindow window, int? anchor, IReadOnlyList<TimeZoneChange> zones)
    {
        if (window == BudgetWindow.Total)
        {
            return new WindowBounds(WindowId.Total, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        }

        var bounds = Find(Instant.FromDateTimeOffset(instant), Anchored(window, anchor), zones);
        var start = bounds.Start.ToDateTimeOffset();
        return new WindowBounds(WindowId.Of(window, start), start, bounds.End.ToDateTimeOffset());
    }

    /// <summary>The end of the calendar month that contains an instant, UTC.</summary>
    internal static DateTimeOffset EndOfMonth(DateTimeOffset instant, string zone) =>
        Nominal(Instant.FromDateTimeOffset(instant), new MonthPeriods(1), Zone(zone)).End.ToDateTimeOffset();

    private static ICalendarPeriods Anchored(BudgetWindow window, int? anchor)
    {
        switch (window)
        {
            case BudgetWindow.Day:
                return new DayPeriods();
            case BudgetWindow.Week:
                ThrowUnlessBetween(anchor, 7);
                return new WeekPeriods((IsoDayOfWeek)(anchor ?? (int)IsoDayOfWeek.Monday));
            case BudgetWindow.Month:
                ThrowUnlessBetween(anchor, 31);
                return new MonthPeriods(anchor ?? 1);
            default:
                throw new ArgumentOutOfRangeException(nameof(window), window, "Not a window with a start.");
        }
    }

    private static void ThrowUnlessBetween(int? anchor, int highest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(anchor ?? 1, 1, nameof(anchor));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(anchor ?? 1, highest, nameof(anchor));
    }

    // Walks the zone versions: each governs from the end of the window that ran when it came.
    private static (Instant Start, Instant End) Find(Instant instant, ICalendarPeriods periods, IReadOnlyList<TimeZoneChange> zones)
    {
        var zone = Zone(zones[0].TimeZone);
        Instant? governsFrom = null;
        for (var i = 1; i < zones.Count; i++)
        {
            var change = Instant.FromDateTimeOffset(zones[i].ValidFrom);
            if (governsFrom is null || change > governsFrom)
            {
                var running = Window(change, periods, zone, governsFrom);
                var from = running.Start == change ? change : running.End;
                if (instant < from)
                {
                    break;
                }

                governsFrom = from;
            }

            zone = Zone(zones[i].TimeZone);
        }

        return Window(instant, periods, zone, governsFrom);
    }

    private static (Instant Start, Instant End) Window(Instant instant, ICalendarPeriods periods, DateTimeZone zone, Instant? governsFrom)
    {
        if (governsFrom is not { } from)
        {
            return Nominal(instant, periods, zone);
        }

        var first = Nominal(from, periods, zone);
        var end = first.End;
        if (first.Start < from && end - from < (end - first.Start) / 2)
        {
            end = Nominal(end, periods, zone).End;
        }

        return instant < end ? (from, end) : Nominal(instant, periods, zone);
    }

    /// <summary>The window in a zone that never changes. An instant's own local date is only a first guess: at a shift back across midnight it is yesterday's once more.</summary>
    private static (Instant Start, Instant End) Nominal(Instant instant, ICalendarPeriods periods, DateTimeZone zone)
    {
        var date = periods.StartOf(instant.InZone(zone).Date);
        var start = FirstInstant(date, zone);
        while (instant < start)
        {
            date = periods.StartOf(date.PlusDays(-1));
            start = FirstInstant(date, zone);
        }

        var next = periods.Next(date);
        var end = FirstInstant(next, zone);
        while (instant >= end)
        {
            start = end;
            next = periods.Next(next);
            end = FirstInstant(next, zone);
        }

        return (start, end);
    }

    // A zone that crossed the date line has a date without a single instant (Apia, 2011-12-30): it starts where the next one does.
    private static Instant FirstInstant(LocalDate date, DateTimeZone zone)
    {
        var midnight = zone.MapLocal(date.AtMidnight());
        return midnight.Count switch
        {
            0 => midnight.EarlyInterval.End,
            _ => midnight.First().ToInstant(),
        };
    }

    private static DateTimeZone Zone(string id) => DateTimeZoneProviders.Tzdb[id];
}
