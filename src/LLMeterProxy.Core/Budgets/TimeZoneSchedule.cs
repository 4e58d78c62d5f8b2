using System.Collections.Frozen;
using LLMeterProxy.Core.Tenancy;
using NodaTime;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// The zones of a tenant over time. A change comes into force at the end of the running month in the zone before, so that
/// days, weeks and months of the past are never redrawn.
/// </summary>
public static class TimeZoneSchedule
{
    private static readonly FrozenSet<string> _ids = DateTimeZoneProviders.Tzdb.Ids.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for an IANA id of the shipped database, case-sensitive. <c>UTC+01:00</c> and the like are none.</summary>
    public static bool IsValidZone(string id) => _ids.Contains(id);

    /// <summary>A zone that never changes.</summary>
    public static IReadOnlyList<TimeZoneChange> Always(string zone) => [new TimeZoneChange(zone, DateTimeOffset.MinValue)];

    /// <summary>Every version, oldest first, at least one; the first holds for all of the past.</summary>
    public static IReadOnlyList<TimeZoneChange> VersionsOf(Tenant tenant) =>
        tenant.TimeZoneChanges.Count == 0 ? Always(tenant.TimeZone) : tenant.TimeZoneChanges;

    /// <summary>The zone in force at an instant.</summary>
    public static string ZoneAt(Tenant tenant, DateTimeOffset instant)
    {
        var versions = VersionsOf(tenant);
        var zone = versions[0].TimeZone;
        for (var i = 1; i < versions.Count && versions[i].ValidFrom <= instant; i++)
        {
            zone = versions[i].TimeZone;
        }

        return zone;
    }

    /// <summary>
    /// The versions after a change, for <see cref="Tenant.TimeZoneChanges"/>; <see cref="Tenant.TimeZone"/> becomes
    /// <paramref name="newZone"/> at once and means the newest. A change that has not come into force yet is replaced, and
    /// one back to the current zone only takes it away.
    /// </summary>
    /// <exception cref="ArgumentException">The zone is no IANA id.</exception>
    public static IReadOnlyList<TimeZoneChange> Change(Tenant tenant, string newZone, DateTimeOffset now)
    {
        if (!IsValidZone(newZone))
        {
            throw new ArgumentException($"'{newZone}' is no IANA time zone.", nameof(newZone));
        }

        var versions = VersionsOf(tenant);
        var kept = new List<TimeZoneChange> { versions[0] };
        for (var i = 1; i < versions.Count && versions[i].ValidFrom <= now; i++)
        {
            kept.Add(versions[i]);
        }

        var current = kept[^1].TimeZone;
        if (!string.Equals(current, newZone))
        {
            kept.Add(new TimeZoneChange(newZone, WindowSchedule.EndOfMonth(now, current)));
        }

        return kept.Count == 1 ? [] : kept;
    }
}
