using System.Collections.Concurrent;
using CsCheck;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using NodaTime;

namespace LLMeterProxy.Core.Tests.Budgets;

public sealed class WindowScheduleTests
{
    private static readonly string[] _zones = [.. DateTimeZoneProviders.Tzdb.Ids.Where(TimeZoneSchedule.IsValidZone)];

    // T112: the known traps, each by its exact window.
    [Theory]
    [InlineData("UTC", "2026-11-24T12:00:00Z", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")] // 23 h
    [InlineData("Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")] // 25 h
    [InlineData("Australia/Lord_Howe", "2026-10-03T20:00:00Z", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z")] // 23.5 h
    [InlineData("America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z")] // no midnight: starts at 01:00
    [InlineData("Africa/Cairo", "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z")] // no midnight
    [InlineData("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z")] // before the missing date
    [InlineData("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z")] // after it
    [InlineData("America/St_Johns", "2010-11-07T02:45:00Z", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z")] // back across midnight: yesterday's date again
    [InlineData("Asia/Kathmandu", "2026-11-24T12:00:00Z", "2026-11-23T18:15:00Z", "2026-11-24T18:15:00Z")]
    [Trait("Acceptance", "T112")]
    public void A_day_starts_at_the_first_instant_of_its_local_date(string zone, string at, string start, string end)
    {
        AssertWindow(BudgetWindow.Day, null, zone, at, start, end);
    }

    [Theory]
    [InlineData(null, "2026-11-24T12:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z")]
    [InlineData(7, "2026-11-24T12:00:00Z", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z")]
    [InlineData(2, "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData(3, "2026-11-24T12:00:00Z", "2026-11-18T00:00:00Z", "2026-11-25T00:00:00Z")]
    public void A_week_starts_on_Monday_or_on_its_anchor(int? anchor, string at, string start, string end)
    {
        AssertWindow(BudgetWindow.Week, anchor, "UTC", at, start, end);
    }

    [Theory]
    [InlineData(null, "2026-11-24T12:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData(15, "2026-01-14T23:59:59Z", "2025-12-15T00:00:00Z", "2026-01-15T00:00:00Z")]
    [InlineData(31, "2026-02-28T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData(31, "2026-02-27T00:00:00Z", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z")]
    [InlineData(30, "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-30T00:00:00Z")]
    [InlineData(29, "2028-02-28T23:00:00Z", "2028-01-29T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData(31, "2026-04-30T00:00:00Z", "2026-04-30T00:00:00Z", "2026-05-31T00:00:00Z")]
    [Trait("Acceptance", "T112")]
    public void A_month_starts_on_its_anchor_or_on_the_last_day_of_a_shorter_month(int? anchor, string at, string start, string end)
    {
        AssertWindow(BudgetWindow.Month, anchor, "UTC", at, start, end);
    }

    [Fact]
    public void A_total_is_one_window_for_ever()
    {
        var window = WindowSchedule.At(Utc("2026-11-24T12:00:00Z"), BudgetWindow.Total, null, TimeZoneSchedule.Always("Europe/Berlin"));

        Assert.Equal(new WindowBounds("total", DateTimeOffset.MinValue, DateTimeOffset.MaxValue), window);
    }

    [Theory]
    [InlineData(BudgetWindow.Week, 0)]
    [InlineData(BudgetWindow.Week, 8)]
    [InlineData(BudgetWindow.Month, 32)]
    public void An_anchor_outside_its_window_is_refused(BudgetWindow window, int anchor)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            WindowSchedule.At(Utc("2026-11-24T12:00:00Z"), window, anchor, TimeZoneSchedule.Always("UTC")));
    }

    // P15, I19: every zone of the database, every anchor, instants at and beside the zone's own transitions, 20 years and the
    // date-line jumps before them. Neighbours touch, and every instant of a window finds that window.
    [Fact]
    [Trait("Acceptance", "T112")]
    public void Windows_tile_in_every_zone()
    {
        var transitions = new ConcurrentDictionary<string, Instant[]>();
        var instants =
            from zone in Gen.OneOf(_zones)
            from window in Gen.OneOf(BudgetWindow.Day, BudgetWindow.Week, BudgetWindow.Month)
            from anchor in Gen.Int[1, window == BudgetWindow.Week ? 7 : 31]
            from near in Gen.Bool
            from which in Gen.Int[0, 10_000]
            from seconds in Gen.Long[0, (long)TimeSpan.FromDays(366 * 40).TotalSeconds]
            from beside in Gen.Int[-90_000, 90_000]
            select (zone, window, anchor, at: near ? Near(zone, which, beside) : Utc("1992-01-01T00:00:00Z").AddSeconds(seconds));

        instants.Sample(
            x =>
            {
                var zones = TimeZoneSchedule.Always(x.zone);
                AssertTiles(x.at, x.window, x.anchor, zones);
                var local = Instant.FromDateTimeOffset(WindowSchedule.At(x.at, x.window, x.anchor, zones).Start)
                    .InZone(DateTimeZoneProviders.Tzdb[x.zone]);

                // The start is the first instant of its local date.
                Assert.NotEqual(local.Date, local.PlusNanoseconds(-1).Date);
            },
            iter: 50_000);

        DateTimeOffset Near(string zone, int which, int beside)
        {
            var known = transitions.GetOrAdd(zone, static id => [.. DateTimeZoneProviders.Tzdb[id]
                .GetZoneIntervals(Instant.FromUtc(1992, 1, 1, 0, 0), Instant.FromUtc(2046, 1, 1, 0, 0))
                .Where(i => i.HasStart && i.Start > Instant.FromUtc(1992, 1, 1, 0, 0)).Select(i => i.Start)]);
            var start = known.Length == 0 ? Instant.FromUtc(2026, 1, 1, 0, 0) : known[which % known.Length];
            return start.Plus(NodaTime.Duration.FromSeconds(beside)).ToDateTimeOffset();
        }
    }

    [Fact]
    [Trait("Acceptance", "T112")]
    public void Windows_tile_across_zone_changes_and_none_is_a_stub()
    {
        var cases =
            from zones in Gen.OneOf(_zones).Array[2, 4]
            from gaps in Gen.Int[0, 90].Array[3]
            from window in Gen.OneOf(BudgetWindow.Day, BudgetWindow.Week, BudgetWindow.Month)
            from anchor in Gen.Int[1, window == BudgetWindow.Week ? 7 : 31]
            from minutes in Gen.Int[-60 * 24 * 60, 60 * 24 * 400]
            select (zones, gaps, window, anchor, minutes);

        cases.Sample(
            x =>
            {
                var now = Utc("2026-01-10T00:00:00Z");
                var tenant = new Tenant { Id = "acme", Name = "acme", TimeZone = x.zones[0] };
                for (var i = 1; i < x.zones.Length; i++)
                {
                    tenant = tenant with { TimeZoneChanges = TimeZoneSchedule.Change(tenant, x.zones[i], now), TimeZone = x.zones[i] };
                    now = now.AddDays(x.gaps[i - 1]);
                }

                var bounds = AssertTiles(now.AddMinutes(x.minutes), x.window, x.anchor, TimeZoneSchedule.VersionsOf(tenant));
                var nominal = x.window switch { BudgetWindow.Day => 1.0, BudgetWindow.Week => 7, _ => 28 };
                Assert.InRange((bounds.End - bounds.Start).TotalDays, nominal * 0.45, (nominal * 1.6) + 4);
                Assert.True(bounds.End <= WindowId.LatestEnd(bounds.Id));
            },
            iter: 50_000);
    }

    [Fact]
    public void A_zone_change_lets_the_running_week_run_out_and_never_redraws_the_past()
    {
        var before = new Tenant { Id = "acme", Name = "acme", TimeZone = "Europe/Berlin" };
        var after = before with
        {
            TimeZone = "America/New_York",
            TimeZoneChanges = TimeZoneSchedule.Change(before, "America/New_York", Utc("2026-09-10T00:00:00Z")),
        };

        // The month ends on a Wednesday in Berlin; its week ends on the Monday after; New York's next Monday is a week on.
        var running = At(after, "2026-09-30T23:00:00Z");
        Assert.Equal(At(before, "2026-09-30T23:00:00Z"), running);
        Assert.Equal(Utc("2026-10-04T22:00:00Z"), running.End);
        var first = At(after, "2026-10-04T22:00:00Z");
        Assert.Equal((Utc("2026-10-04T22:00:00Z"), Utc("2026-10-12T04:00:00Z")), (first.Start, first.End));
        Assert.Equal("week:2026-10-04T22:00:00Z", first.Id);
        Assert.Equal(At(before, "2026-08-12T10:00:00Z"), At(after, "2026-08-12T10:00:00Z"));

        static WindowBounds At(Tenant tenant, string at) =>
            WindowSchedule.At(Utc(at), BudgetWindow.Week, null, TimeZoneSchedule.VersionsOf(tenant));
    }

    private static WindowBounds AssertTiles(DateTimeOffset at, BudgetWindow window, int anchor, IReadOnlyList<TimeZoneChange> zones)
    {
        var bounds = WindowSchedule.At(at, window, anchor, zones);
        Assert.True(bounds.Contains(at));
        Assert.Equal(bounds, WindowSchedule.At(bounds.Start, window, anchor, zones));
        Assert.Equal(bounds, WindowSchedule.At(bounds.End.AddTicks(-1), window, anchor, zones));
        Assert.Equal(bounds.Start, WindowSchedule.At(bounds.Start.AddTicks(-1), window, anchor, zones).End);
        Assert.Equal(bounds.End, WindowSchedule.At(bounds.End, window, anchor, zones).Start);
        return bounds;
    }

    private static void AssertWindow(BudgetWindow window, int? anchor, string zone, string at, string start, string end)
    {
        var bounds = WindowSchedule.At(Utc(at), window, anchor, TimeZoneSchedule.Always(zone));

        Assert.Equal((Utc(start), Utc(end)), (bounds.Start, bounds.End));
        Assert.EndsWith(":" + start, bounds.Id, StringComparison.Ordinal);
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
