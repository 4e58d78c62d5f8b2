namespace LLMeterProxy.AdminApi.Repricing;

/// <summary>What the audit trail keeps of a repricing: at its start without, at its end with what it came to.</summary>
/// <param name="From">UTC, inclusive.</param>
/// <param name="To">UTC, exclusive.</param>
/// <param name="Tenant">Null for all tenants.</param>
public sealed record RepriceAudit(DateTimeOffset From, DateTimeOffset To, string? Tenant, RepriceRowResponse? Total);
