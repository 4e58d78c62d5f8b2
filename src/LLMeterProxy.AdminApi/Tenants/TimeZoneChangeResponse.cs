namespace LLMeterProxy.AdminApi.Tenants;

/// <param name="TimeZone">IANA id.</param>
/// <param name="ValidFrom">UTC, a month boundary of the zone before.</param>
public sealed record TimeZoneChangeResponse(string TimeZone, DateTimeOffset ValidFrom);
