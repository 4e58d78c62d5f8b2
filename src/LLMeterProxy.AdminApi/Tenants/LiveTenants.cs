using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Tenants;

internal static class LiveTenants
{
    /// <summary>The tenant unless it is unknown or deleted: both look the same from outside.</summary>
    public static Tenant? FindLive(this TenancySnapshot snapshot, string id) =>
        snapshot.FindTenant(id) is { DeletedAt: null } tenant ? tenant : null;
}
