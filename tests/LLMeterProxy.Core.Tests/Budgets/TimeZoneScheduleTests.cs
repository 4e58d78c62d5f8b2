using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Core.Tests.Budgets;

public sealed class TimeZoneScheduleTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Europe/Berlin", true)]
    [InlineData("Asia/Calcutta", true)] // a link
    [InlineData("europe/berlin", false)]
    [InlineData("UTC+01:00", false)]
    [InlineData("W. Europe Standard Time", false)]
    [InlineData("", false)]
    public void Only_ids_of_the_database_are_zones(string id, bool expected)
    {
        Assert.Equal(expected, TimeZoneSchedule.IsValidZone(id));
    }

    [Fact]
    public void A_change_comes_into_force_at_the_end_of_the_month_in_the_old_zone()
    {
        var tenant = Change(InZone("Europe/Berlin"), "America/New_York", _now);

        var end = new DateTimeOffset(2026, 11, 30, 23, 0, 0, TimeSpan.Zero);
        Assert.Equal([new("Europe/Berlin", DateTimeOffset.MinValue), new("America/New_York", end)], tenant.TimeZoneChanges);
        Assert.Equal("Europe/Berlin", TimeZoneSchedule.ZoneAt(tenant, end.AddTicks(-1)));
        Assert.Equal("America/New_York", TimeZoneSchedule.ZoneAt(tenant, end));
    }

    [Fact]
    public void A_second_change_in_the_same_month_replaces_the_first()
    {
        var tenant = Change(Change(InZone("Europe/Berlin"), "America/New_York", _now), "Asia/Tokyo", _now.AddDays(1));

        Assert.Equal(["Europe/Berlin", "Asia/Tokyo"], tenant.TimeZoneChanges.Select(c => c.TimeZone));
    }

    [Fact]
    public void A_change_back_before_the_month_is_over_changes_nothing()
    {
        var tenant = Change(Change(InZone("Europe/Berlin"), "America/New_York", _now), "Europe/Berlin", _now.AddDays(1));

        Assert.Empty(tenant.TimeZoneChanges);
    }

    [Fact]
    public void Versions_in_force_are_kept_for_ever()
    {
        var tenant = Change(Change(InZone("Europe/Berlin"), "America/New_York", _now), "Asia/Tokyo", _now.AddMonths(2));

        Assert.Equal(["Europe/Berlin", "America/New_York", "Asia/Tokyo"], tenant.TimeZoneChanges.Select(c => c.TimeZone));
        Assert.Equal(new DateTimeOffset(2027, 2, 1, 5, 0, 0, TimeSpan.Zero), tenant.TimeZoneChanges[2].ValidFrom);
    }

    [Fact]
    public void A_change_to_no_zone_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TimeZoneSchedule.Change(InZone("UTC"), "Mars/Olympus", _now));
    }

    private static Tenant InZone(string zone) => new() { Id = "acme", Name = "acme", TimeZone = zone };

    private static Tenant Change(Tenant tenant, string zone, DateTimeOffset now) =>
        tenant with { TimeZone = zone, TimeZoneChanges = TimeZoneSchedule.Change(tenant, zone, now) };
}
