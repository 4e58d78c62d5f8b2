using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi;

/// <summary>The IANA zones, and what a change of zone does to a tenant's windows.</summary>
public interface IZoneCatalog
{
    bool IsValid(string id);

    /// <summary>All zone versions of the tenant after the change, oldest first; the new one begins at the end of the month in the old zone.</summary>
    IReadOnlyList<TimeZoneChange> Change(Tenant tenant, string newZone, DateTimeOffset now);
}
