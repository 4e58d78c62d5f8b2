using System.Text.Json;
using System.Text.Json.Nodes;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.AdminApi.Security;
using LLMeterProxy.Core.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.AdminApi.Tenants;

/// <summary><c>/api/v1/tenants</c></summary>
internal sealed class TenantEndpoints(
    ITenancyStore store,
    ITenancySnapshotSource snapshots,
    TenantRules rules,
    IKeyMint mint,
    AdminApiOptions options,
    TimeProvider time)
{
    private const int DefaultLimit = 100;

    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/tenants").WithTags("Tenants");
        group.MapPost("", CreateAsync).WithName("createTenant").WithSummary("Creates a tenant, with the default cap where one is configured.")
            .Takes<TenantBody>().Gives<TenantResponse>(StatusCodes.Status201Created).Refuses(400, 409);
        group.MapGet("", List).WithName("listTenants").WithSummary("Lists tenants by id.").Gives<PageResponse<TenantResponse>>().Refuses(400);
        group.MapGet("/{tenant}", Get).WithName("getTenant").WithSummary("Reads a tenant.").Gives<TenantResponse>().Refuses(404);
        group.MapPatch("/{tenant}", PatchAsync).WithName("changeTenant").WithSummary("Changes a tenant (JSON Merge Patch; null takes a field back to its default).")
            .Takes<TenantBody>().Gives<TenantResponse>().Refuses(400, 404, 409, 412);
        group.MapDelete("/{tenant}", DeleteAsync).WithName("deleteTenant").WithSummary("Deletes a tenant and revokes its keys. Its records and its id stay.")
            .GivesNothing().Refuses(404, 409, 412);
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var (json, problem) = await JsonBody.ReadAsync(http, optional: false, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var errors = new FieldErrors();
        if (JsonBody.Bind(json, AdminRequestJson.Default.TenantBody, errors) is not { } body)
        {
            return errors.ToProblem();
        }

        var tenant = rules.Create(body, time.GetUtcNow(), errors);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        if (!await store.AddTenantAsync(tenant, AdminGate.Actor, cancellationToken))
        {
            return Problems.Conflict("tenant_exists", $"The id '{tenant.Id}' is taken. A deleted tenant keeps its id, because its records do.");
        }

        // Before any key can exist, so that not one call of the tenant is uncapped (A2).
        if (options.DefaultTenantCap is { } cap)
        {
            await store.PutBudgetAsync(cap.ToBudget(tenant.Id, mint.NewBudgetId(), time.GetUtcNow()), 0, AdminGate.Actor, cancellationToken);
        }

        http.Response.Headers.Location = $"/api/v1/tenants/{tenant.Id}";
        return Answer(http, tenant, StatusCodes.Status201Created);
    }

    private IResult List(HttpContext http, string? cursor, string? limit)
    {
        var errors = new FieldErrors();
        var query = new QueryReader(http, errors, "cursor", "limit");
        var size = query.Limit(DefaultLimit);
        var after = query.Text("cursor");
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var rows = snapshots.Current.Tenants
            .Where(t => t.DeletedAt is null && (after is null || string.CompareOrdinal(t.Id, after) > 0))
            .OrderBy(t => t.Id, StringComparer.Ordinal)
            .Take(size + 1)
            .ToList();
        var next = rows.Count > size ? rows[size - 1].Id : null;
        return TypedResults.Json(
            new PageResponse<TenantResponse>([.. rows.Take(size).Select(TenantResponse.Of)], next),
            AdminJson.Default.PageResponseTenantResponse);
    }

    private IResult Get(string tenant, HttpContext http) =>
        snapshots.Current.FindLive(tenant) is { } found ? Answer(http, found) : Problems.NotFound("tenant");

    private async Task<IResult> PatchAsync(string tenant, HttpContext http, CancellationToken cancellationToken)
    {
        var (patch, problem) = await JsonBody.ReadAsync(http, optional: false, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        return await Changes.ApplyAsync(
            http,
            () => new ValueTask<Tenant?>(snapshots.Current.FindLive(tenant)),
            current => current.Version,
            (current, errors) =>
            {
                var json = JsonSerializer.SerializeToNode(TenantRules.BodyOf(current), AdminRequestJson.Default.TenantBody) as JsonObject;
                var body = JsonBody.Bind(MergePatch.Apply(json!, patch), AdminRequestJson.Default.TenantBody, errors);
                return body is null ? current : rules.Change(current, body, time.GetUtcNow(), errors);
            },
            (current, changed) => store.UpdateTenantAsync(changed, current.Version, AdminGate.Actor, cancellationToken),
            changed => Answer(http, changed),
            "tenant");
    }

    private async Task<IResult> DeleteAsync(string tenant, HttpContext http, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var answer = await Changes.ApplyAsync(
            http,
            () => new ValueTask<Tenant?>(snapshots.Current.FindLive(tenant)),
            current => current.Version,
            (current, _) => current with { Status = TenantStatus.Disabled, DeletedAt = now },
            (current, changed) => store.UpdateTenantAsync(changed, current.Version, AdminGate.Actor, cancellationToken),
            _ => TypedResults.NoContent(),
            "tenant");
        if (answer is IStatusCodeHttpResult { StatusCode: StatusCodes.Status204NoContent })
        {
            await RevokeKeysAsync(tenant, now, cancellationToken);
        }

        return answer;
    }

    // The disabled tenant already stops its keys; revoking them makes the key list say so too.
    private async Task RevokeKeysAsync(string tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var key in await store.ListKeysAsync(tenant, cancellationToken))
        {
            if (key.RevokedAt is null)
            {
                await store.UpdateKeyAsync(key with { RevokedAt = now }, key.Version, AdminGate.Actor, cancellationToken);
            }
        }
    }

    private static JsonHttpResult<TenantResponse> Answer(HttpContext http, Tenant tenant, int status = StatusCodes.Status200OK)
    {
        ETags.Write(http, tenant.Version);
        return TypedResults.Json(TenantResponse.Of(tenant), AdminJson.Default.TenantResponse, statusCode: status);
    }
}
