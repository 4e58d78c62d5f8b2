namespace LLMeterProxy.AdminApi.Repricing;

/// <param name="From">ISO 8601, inclusive; required.</param>
/// <param name="To">ISO 8601, exclusive; required.</param>
/// <param name="Tenant">Absent: all tenants.</param>
/// <param name="DryRun">True: answers what would change and writes nothing.</param>
public sealed record RepriceBody(string? From = null, string? To = null, string? Tenant = null, bool? DryRun = null);
