using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary><c>/api/v1/usage</c></summary>
internal sealed class UsageEndpoints(
    IUsageLedger ledger,
    ITenancySnapshotSource snapshots,
    RecordReader records,
    IZoneCatalog zones,
    AdminApiOptions options,
    TimeProvider time)
{
    private const int DefaultRecords = 100;

    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/usage").WithTags("Usage");
        group.MapGet("", QueryAsync).WithName("queryUsage")
            .WithSummary("Sums usage by any of tenant, key, provider, model, operation, day, hour and tag, by default over the current month.")
            .Gives<PageResponse<UsageRowResponse>>().Refuses(400, 404);
        group.MapGet("/records", ListAsync).WithName("listRecords").WithSummary("Lists single records, newest first.")
            .Gives<PageResponse<RecordResponse>>().Refuses(400, 404);
        group.MapGet("/records/{requestId}", FindAsync).WithName("getRecord").WithSummary("Reads the last attempt of one call, and all its attempts.")
            .Gives<RecordResponse>().Refuses(404);
    }

    private async Task<IResult> QueryAsync(
        HttpContext http,
        string? tenant,
        string? from,
        string? to,
        string? groupBy,
        string? timeZone,
        string? cursor,
        string? limit,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryReader(http, errors, "tenant", "from", "to", "groupBy", "timeZone", "cursor", "limit");
        if (!TryFindTenant(query, out var owner))
        {
            return Problems.NotFound("tenant");
        }

        var period = UsagePeriod.Read(query, owner, options, zones, time.GetUtcNow(), errors);
        var groups = Groups(query.Text("groupBy"), errors);
        var size = query.Limit(QueryReader.MaxLimit);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        try
        {
            var page = await ledger.QueryUsageAsync(
                new UsageQuery(query.Text("tenant"), period.From, period.To, groups, period.TimeZone, query.Text("cursor"), size),
                cancellationToken);
            return TypedResults.Json(
                new PageResponse<UsageRowResponse>([.. page.Rows.Select(r => UsageRowResponse.Of(r, groups))], page.Next),
                AdminJson.Default.PageResponseUsageRowResponse);
        }
        catch (RefusedQueryException refused)
        {
            return Refused(refused);
        }
    }

    private async Task<IResult> ListAsync(
        HttpContext http,
        string? tenant,
        string? from,
        string? to,
        string? timeZone,
        string? cursor,
        string? limit,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryReader(http, errors, "tenant", "from", "to", "timeZone", "cursor", "limit");
        if (!TryFindTenant(query, out var owner))
        {
            return Problems.NotFound("tenant");
        }

        var period = UsagePeriod.Read(query, owner, options, zones, time.GetUtcNow(), errors);
        var size = query.Limit(DefaultRecords);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        try
        {
            var page = await records.ListAsync(
                new RecordQuery(query.Text("tenant"), period.From, period.To, query.Text("cursor"), size), cancellationToken);
            return TypedResults.Json(page, AdminJson.Default.PageResponseRecordResponse);
        }
        catch (RefusedQueryException refused)
        {
            return Refused(refused);
        }
    }

    private static IResult Refused(RefusedQueryException refused)
    {
        var errors = new FieldErrors();
        errors.Add(refused.Field, refused.Reason);
        return errors.ToProblem();
    }

    private async Task<IResult> FindAsync(string requestId, CancellationToken cancellationToken) =>
        await records.FindAsync(requestId, cancellationToken) is { } record
            ? TypedResults.Json(record, AdminJson.Default.RecordResponse)
            : Problems.NotFound("record");

    /// <returns>False where a tenant is named that never existed; a deleted one keeps its history (A82).</returns>
    private bool TryFindTenant(QueryReader query, out Tenant? tenant)
    {
        tenant = null;
        return query.Text("tenant") is not { } id || (tenant = snapshots.Current.FindTenant(id)) is not null;
    }

    private static List<UsageGroup> Groups(string? text, FieldErrors errors)
    {
        var groups = new List<UsageGroup>();
        foreach (var name in text?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (WireNames<UsageGroup>.Parse(name) is not { } group)
            {
                errors.Add("groupBy", $"must be a comma list out of {WireNames<UsageGroup>.All}");
            }
            else if (groups.Contains(group))
            {
                errors.Add("groupBy", $"names {name} twice");
            }
            else
            {
                groups.Add(group);
            }
        }

        return groups;
    }
}
