namespace LLMeterProxy.Core.Ledger;

/// <summary>A question to the rollups.</summary>
/// <param name="Tenant">Null for all tenants.</param>
/// <param name="From">UTC, inclusive; rounded down to its 15-minute bucket.</param>
/// <param name="To">UTC, exclusive; rounded up to its bucket.</param>
/// <param name="GroupBy">In the order of the answer's fields; empty for one total.</param>
/// <param name="TimeZone">IANA id in which days and hours are drawn.</param>
/// <param name="After">The <c>next</c> of the page before; null for the first page.</param>
/// <param name="Limit">Rows a page, 1 to 1,000.</param>
public sealed record UsageQuery(
    string? Tenant,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<UsageGroup> GroupBy,
    string TimeZone,
    string? After,
    int Limit);
