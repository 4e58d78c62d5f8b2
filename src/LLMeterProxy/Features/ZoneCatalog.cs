using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Features;

/// <summary>The zones that windows are drawn in.</summary>
internal sealed class ZoneCatalog : IZoneCatalog
{
    public bool IsValid(string id) => TimeZoneSchedule.IsValidZone(id);

    public IReadOnlyList<TimeZoneChange> Change(Tenant tenant, string newZone, DateTimeOffset now) => TimeZoneSchedule.Change(tenant, newZone, now);
}
