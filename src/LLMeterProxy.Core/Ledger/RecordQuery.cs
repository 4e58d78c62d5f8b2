namespace LLMeterProxy.Core.Ledger;

/// <summary>A question for single records, newest first.</summary>
/// <param name="Tenant">Null for all tenants.</param>
/// <param name="From">UTC, inclusive.</param>
/// <param name="To">UTC, exclusive.</param>
/// <param name="Cursor">The <c>next</c> of the page before; null for the first page.</param>
/// <param name="Limit">Rows a page, 1 to 1,000.</param>
public sealed record RecordQuery(string? Tenant, DateTimeOffset From, DateTimeOffset To, string? Cursor, int Limit);
