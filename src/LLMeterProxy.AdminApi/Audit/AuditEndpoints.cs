using System.Globalization;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.Core.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.AdminApi.Audit;

/// <summary><c>/api/v1/audit</c></summary>
internal sealed class AuditEndpoints(ITenancyStore store)
{
    private const int DefaultLimit = 100;

    public void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/audit", ListAsync).WithTags("Audit").WithName("listAudit").WithSummary("Lists every administrative change, newest first.")
            .Gives<PageResponse<AuditEntryResponse>>().Refuses(400);

    private async Task<IResult> ListAsync(HttpContext http, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryReader(http, errors, "cursor", "limit");
        var size = query.Limit(DefaultLimit);
        long? before = null;
        if (query.Text("cursor") is { } text)
        {
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                before = id;
            }
            else
            {
                errors.Add("cursor", "must be the next of another page");
            }
        }

        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var rows = await store.ReadAuditAsync(before, size, cancellationToken);

        // A full page may be the last one: then the next is empty, which costs less than reading one row more each time.
        var next = rows.Count == size ? rows[^1].Id.ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Json(
            new PageResponse<AuditEntryResponse>([.. rows.Select(AuditEntryResponse.Of)], next),
            AdminJson.Default.PageResponseAuditEntryResponse);
    }
}
