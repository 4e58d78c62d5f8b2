using System.Text.Json;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.AdminApi.Security;
using LLMeterProxy.AdminApi.Usage;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.AdminApi.Repricing;

/// <summary><c>/api/v1/prices/reprice</c></summary>
internal sealed class RepriceEndpoints(
    RepriceRun run,
    IPriceBookSource prices,
    ITenancyStore store,
    ITenancySnapshotSource snapshots,
    IZoneCatalog zones,
    AdminApiOptions options,
    TimeProvider time)
{
    private int _writing;

    public void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/prices/reprice", RepriceAsync).WithTags("Prices").WithName("reprice")
            .WithSummary("Prices the records of a time by the price book in force and writes the differences as adjustments; again, it changes nothing.")
            .Takes<RepriceBody>().Gives<RepriceResponse>().Refuses(400, 404, 409, 415, 503);

    private async Task<IResult> RepriceAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var (json, problem) = await JsonBody.ReadAsync(http, optional: false, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var errors = new FieldErrors();
        if (JsonBody.Bind(json, AdminRequestJson.Default.RepriceBody, errors) is not { } body)
        {
            return errors.ToProblem();
        }

        Tenant? tenant = null;
        if (body.Tenant is { } id && (tenant = snapshots.Current.FindTenant(id)) is null)
        {
            return Problems.NotFound("tenant");
        }

        RequirePeriod(body, errors);
        var period = UsagePeriod.Of(timeZone: null, body.From, body.To, tenant, options, zones, time.GetUtcNow(), errors);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        return body.DryRun is true
            ? await RunAsync(prices.Current, body.Tenant, period, isDry: true, cancellationToken)
            : await WriteAsync(body.Tenant, period, cancellationToken);
    }

    // Months are the natural mistake here: what is charged again is named in full.
    private static void RequirePeriod(RepriceBody body, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(body.From))
        {
            errors.Add("from", "is required");
        }

        if (string.IsNullOrEmpty(body.To))
        {
            errors.Add("to", "is required");
        }
    }

    private async Task<IResult> WriteAsync(string? tenant, UsagePeriod period, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _writing, 1) == 1)
        {
            return Problems.Conflict("reprice_running", "Another repricing is under way. Repeat this one when it has ended.");
        }

        try
        {
            var book = prices.Current;
            var subject = "prices/" + book.Version;
            await store.RecordActionAsync(AdminGate.Actor, "prices.reprice", subject, Text(tenant, period, null), cancellationToken);
            return await RunAsync(book, tenant, period, isDry: false, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    private async Task<IResult> RunAsync(PriceBook book, string? tenant, UsagePeriod period, bool isDry, CancellationToken cancellationToken)
    {
        RepriceTable table;
        try
        {
            table = await run.RunAsync(book, tenant, period.From, period.To, write: !isDry, cancellationToken);
        }
        catch (JournalUnavailableException unavailable)
        {
            return Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                "journal_unavailable",
                $"{unavailable.Message} What was written until then stays; repeat the call to do the rest.");
        }

        var total = table.Total.ToRow();
        if (!isDry)
        {
            // The differences are written: that they are on the trail does not depend on who still waits for the answer.
            await store.RecordActionAsync(AdminGate.Actor, "prices.repriced", "prices/" + book.Version, Text(tenant, period, total), CancellationToken.None);
        }

        return TypedResults.Json(
            new RepriceResponse(book.Version, period.From, period.To, isDry, table.Rows, total), AdminJson.Default.RepriceResponse);
    }

    private static string Text(string? tenant, UsagePeriod period, RepriceRowResponse? total) =>
        JsonSerializer.Serialize(new RepriceAudit(period.From, period.To, tenant, total), AdminJson.Default.RepriceAudit);
}
