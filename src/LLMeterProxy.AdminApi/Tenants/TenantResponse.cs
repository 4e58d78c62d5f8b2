using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Tenants;

/// <summary>A tenant as it is stored.</summary>
/// <param name="TimeZoneChanges">Every zone version; empty where the zone never changed.</param>
/// <param name="Version">The entity tag is this number in quotes.</param>
public sealed record TenantResponse(
    string Id,
    string Name,
    string TimeZone,
    IReadOnlyList<TimeZoneChangeResponse> TimeZoneChanges,
    string Status,
    string? Plan,
    string OutagePolicy,
    string UnpricedPolicy,
    RateLimitsBody Limits,
    IReadOnlyDictionary<string, string> Tags,
    DateTimeOffset CreatedAt,
    long Version)
{
    internal static TenantResponse Of(Tenant tenant) => new(
        tenant.Id,
        tenant.Name,
        tenant.TimeZone,
        [.. tenant.TimeZoneChanges.Select(c => new TimeZoneChangeResponse(c.TimeZone, c.ValidFrom))],
        WireNames<TenantStatus>.Of(tenant.Status),
        tenant.Plan,
        WireNames<OutagePolicy>.Of(tenant.OutagePolicy),
        WireNames<UnpricedPolicy>.Of(tenant.UnpricedPolicy),
        RateLimitsBody.Of(tenant.Limits),
        tenant.Tags,
        tenant.CreatedAt,
        tenant.Version);
}
