using System.Text.Json;
using System.Text.Json.Nodes;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.AdminApi.Security;
using LLMeterProxy.AdminApi.Tenants;
using LLMeterProxy.Core.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.AdminApi.Keys;

/// <summary><c>/api/v1/tenants/{tenant}/keys</c> and <c>/api/v1/keys/{id}</c></summary>
internal sealed class KeyEndpoints(
    ITenancyStore store,
    ITenancySnapshotSource snapshots,
    KeyRules rules,
    IKeyMint mint,
    TimeProvider time)
{
    private const int DefaultLimit = 100;
    private const long MaxGraceSeconds = 30 * 24 * 3600;

    public void Map(IEndpointRouteBuilder api)
    {
        var owned = api.MapGroup("/tenants/{tenant}/keys").WithTags("Keys");
        owned.MapPost("", IssueAsync).WithName("issueKey").WithSummary("Issues a virtual key. The secret is in this answer only.")
            .Takes<KeyBody>().Gives<KeyResponse>(StatusCodes.Status201Created).Refuses(400, 404);
        owned.MapGet("", ListAsync).WithName("listKeys").WithSummary("Lists the tenant's keys, newest first, revoked ones too.")
            .Gives<PageResponse<KeyResponse>>().Refuses(400, 404);

        var single = api.MapGroup("/keys/{id}").WithTags("Keys");
        single.MapGet("", GetAsync).WithName("getKey").WithSummary("Reads a key.").Gives<KeyResponse>().Refuses(404);
        single.MapPatch("", PatchAsync).WithName("changeKey").WithSummary("Changes a key (JSON Merge Patch; null takes a field back to its default).")
            .Takes<KeyBody>().Gives<KeyResponse>().Refuses(400, 404, 409, 412);
        single.MapDelete("", RevokeAsync).WithName("revokeKey").WithSummary("Revokes a key for good. Its records and its name stay.")
            .GivesNothing().Refuses(404, 409, 412);
        single.MapPost("/rotate", RotateAsync).WithName("rotateKey").WithSummary("Replaces the secret; id, spend, limits and budgets stay.")
            .Takes<RotateBody>(optional: true).Gives<KeyResponse>().Refuses(400, 404, 409, 412);
    }

    private async Task<IResult> IssueAsync(string tenant, HttpContext http, CancellationToken cancellationToken)
    {
        var (json, problem) = await JsonBody.ReadAsync(http, optional: false, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (snapshots.Current.FindLive(tenant) is null)
        {
            return Problems.NotFound("tenant");
        }

        var errors = new FieldErrors();
        if (JsonBody.Bind(json, AdminRequestJson.Default.KeyBody, errors) is not { } body)
        {
            return errors.ToProblem();
        }

        var now = time.GetUtcNow();
        var (secret, hash, prefix) = mint.Mint();
        var bare = new VirtualKey { Id = mint.NewKeyId(), TenantId = tenant, Name = "", Prefix = prefix, Hash = hash, CreatedAt = now };
        var key = rules.Fill(bare, body, now, errors);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        if (!await store.AddKeyAsync(key, AdminGate.Actor, cancellationToken))
        {
            return Problems.ConcurrentChange();
        }

        http.Response.Headers.Location = $"/api/v1/keys/{key.Id}";
        return Answer(http, key, now, secret, StatusCodes.Status201Created);
    }

    private async Task<IResult> ListAsync(string tenant, HttpContext http, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryReader(http, errors, "cursor", "limit");
        var size = query.Limit(DefaultLimit);
        var after = query.Text("cursor");
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        if (snapshots.Current.FindLive(tenant) is null)
        {
            return Problems.NotFound("tenant");
        }

        // Ids carry their creation time, so their order is the order of the list.
        var now = time.GetUtcNow();
        var rows = (await store.ListKeysAsync(tenant, cancellationToken))
            .Where(k => after is null || string.CompareOrdinal(k.Id, after) < 0)
            .OrderByDescending(k => k.Id, StringComparer.Ordinal)
            .Take(size + 1)
            .ToList();
        var next = rows.Count > size ? rows[size - 1].Id : null;
        return TypedResults.Json(
            new PageResponse<KeyResponse>([.. rows.Take(size).Select(k => KeyResponse.Of(k, now))], next),
            AdminJson.Default.PageResponseKeyResponse);
    }

    private async Task<IResult> GetAsync(string id, HttpContext http, CancellationToken cancellationToken) =>
        await store.FindKeyAsync(id, cancellationToken) is { } key ? Answer(http, key, time.GetUtcNow()) : Problems.NotFound("key");

    private async Task<IResult> PatchAsync(string id, HttpContext http, CancellationToken cancellationToken)
    {
        var (patch, problem) = await JsonBody.ReadAsync(http, optional: false, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var now = time.GetUtcNow();
        return await ChangeLiveAsync(
            id,
            http,
            (current, errors) =>
            {
                var json = JsonSerializer.SerializeToNode(KeyRules.BodyOf(current), AdminRequestJson.Default.KeyBody) as JsonObject;
                var body = JsonBody.Bind(MergePatch.Apply(json!, patch), AdminRequestJson.Default.KeyBody, errors);
                return body is null ? current : rules.Fill(current, body, now, errors);
            },
            changed => Answer(http, changed, now),
            cancellationToken);
    }

    private async Task<IResult> RevokeAsync(string id, HttpContext http, CancellationToken cancellationToken)
    {
        // Revoking twice is no error: the caller has what it wants, and the first instant stands.
        var now = time.GetUtcNow();
        return await Changes.ApplyAsync(
            http,
            () => new ValueTask<VirtualKey?>(store.FindKeyAsync(id, cancellationToken)),
            current => current.Version,
            (current, _) => current with { RevokedAt = current.RevokedAt ?? now },
            async (current, changed) => current.RevokedAt is not null
                ? current
                : await store.UpdateKeyAsync(changed, current.Version, AdminGate.Actor, cancellationToken),
            _ => TypedResults.NoContent(),
            "key");
    }

    private async Task<IResult> RotateAsync(string id, HttpContext http, CancellationToken cancellationToken)
    {
        var (json, problem) = await JsonBody.ReadAsync(http, optional: true, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var bodyErrors = new FieldErrors();
        var grace = JsonBody.Bind(json, AdminRequestJson.Default.RotateBody, bodyErrors)?.GraceSeconds ?? 0;
        if (grace is < 0 or > MaxGraceSeconds)
        {
            bodyErrors.Add("graceSeconds", $"must be 0 to {MaxGraceSeconds}");
        }

        if (bodyErrors.Any)
        {
            return bodyErrors.ToProblem();
        }

        var now = time.GetUtcNow();
        var (secret, hash, prefix) = mint.Mint();
        return await ChangeLiveAsync(
            id,
            http,
            (current, _) => current with
            {
                Hash = hash,
                Prefix = prefix,
                PreviousHash = grace > 0 ? current.Hash : null,
                PreviousValidUntil = grace > 0 ? now.AddSeconds(grace) : null,
            },
            changed => Answer(http, changed, now, secret),
            cancellationToken);
    }

    private async Task<IResult> ChangeLiveAsync(
        string id,
        HttpContext http,
        Func<VirtualKey, FieldErrors, VirtualKey> change,
        Func<VirtualKey, IResult> answer,
        CancellationToken cancellationToken)
    {
        if (await store.FindKeyAsync(id, cancellationToken) is { RevokedAt: not null })
        {
            return Problems.Conflict("key_revoked", "A revoked key stays revoked. Issue a new one.");
        }

        return await Changes.ApplyAsync(
            http,
            () => new ValueTask<VirtualKey?>(store.FindKeyAsync(id, cancellationToken)),
            current => current.Version,
            change,
            (current, changed) => store.UpdateKeyAsync(changed, current.Version, AdminGate.Actor, cancellationToken),
            answer,
            "key");
    }

    private static JsonHttpResult<KeyResponse> Answer(HttpContext http, VirtualKey key, DateTimeOffset now, string? secret = null, int status = StatusCodes.Status200OK)
    {
        ETags.Write(http, key.Version);
        return TypedResults.Json(KeyResponse.Of(key, now, secret), AdminJson.Default.KeyResponse, statusCode: status);
    }
}
