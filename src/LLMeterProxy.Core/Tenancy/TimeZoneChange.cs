namespace LLMeterProxy.Core.Tenancy;

/// <summary>One version of a tenant's zone. Versions are kept, so that a window of the past is never redrawn.</summary>
/// <param name="TimeZone">IANA id.</param>
/// <param name="ValidFrom">UTC; always a month boundary of the zone before it, so that windows tile (design section 4).</param>
public sealed record TimeZoneChange(string TimeZone, DateTimeOffset ValidFrom);
