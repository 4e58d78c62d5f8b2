namespace LLMeterProxy.AdminApi.Repricing;

/// <summary>What the price book in force makes of the records of a time.</summary>
/// <param name="PriceVersion">The version that they were priced by.</param>
/// <param name="From">UTC, inclusive.</param>
/// <param name="To">UTC, exclusive.</param>
/// <param name="DryRun">True: nothing was written.</param>
/// <param name="Rows">By tenant, provider and model.</param>
public sealed record RepriceResponse(
    string PriceVersion, DateTimeOffset From, DateTimeOffset To, bool DryRun, IReadOnlyList<RepriceRowResponse> Rows, RepriceRowResponse Total);
