using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.AdminApi.Security;
using LLMeterProxy.AdminApi.Tenants;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.AdminApi.Budgets;

/// <summary><c>/api/v1/tenants/{tenant}/budgets</c> and, for global budgets, <c>/api/v1/budgets</c></summary>
internal sealed class BudgetEndpoints(
    ITenancyStore store,
    ITenancySnapshotSource snapshots,
    BudgetRules rules,
    BudgetFigures figures,
    TimeProvider time)
{
    private const int MaxTries = 5;

    public void Map(IEndpointRouteBuilder api)
    {
        var owned = api.MapGroup("/tenants/{tenant}/budgets").WithTags("Budgets");
        owned.MapGet("", ListOwnedAsync).WithName("listBudgets").WithSummary("Lists the tenant's budgets with their live figures.")
            .Gives<IReadOnlyList<BudgetResponse>>().Refuses(404);
        owned.MapGet("/{name}", GetOwnedAsync).WithName("getBudget").WithSummary("Reads a budget with its live figures.").Gives<BudgetResponse>().Refuses(404);
        owned.MapPut("/{name}", PutOwnedAsync).WithName("putBudget").WithSummary("Creates or replaces a budget.")
            .Takes<BudgetBody>().Gives<BudgetResponse>().Gives<BudgetResponse>(StatusCodes.Status201Created).Refuses(400, 404, 409, 412);
        owned.MapDelete("/{name}", DeleteOwnedAsync).WithName("deleteBudget").WithSummary("Deletes a budget.").GivesNothing().Refuses(404, 412);

        var global = api.MapGroup("/budgets").WithTags("Global budgets");
        global.MapGet("", ListGlobalAsync).WithName("listGlobalBudgets").WithSummary("Lists the budgets over everything that passes this gateway.")
            .Gives<IReadOnlyList<BudgetResponse>>().Refuses();
        global.MapGet("/{name}", GetGlobalAsync).WithName("getGlobalBudget").WithSummary("Reads a global budget with its live figures.").Gives<BudgetResponse>().Refuses(404);
        global.MapPut("/{name}", PutGlobalAsync).WithName("putGlobalBudget").WithSummary("Creates or replaces a global budget.")
            .Takes<BudgetBody>().Gives<BudgetResponse>().Gives<BudgetResponse>(StatusCodes.Status201Created).Refuses(400, 409, 412);
        global.MapDelete("/{name}", DeleteGlobalAsync).WithName("deleteGlobalBudget").WithSummary("Deletes a global budget.").GivesNothing().Refuses(404, 412);
    }

    private async Task<IResult> ListOwnedAsync(string tenant, CancellationToken cancellationToken)
    {
        var snapshot = snapshots.Current;
        return snapshot.FindLive(tenant) is { } owner
            ? TypedResults.Json(
                await figures.OfAllAsync(owner, snapshot.BudgetsOf(tenant), cancellationToken), AdminJson.Default.IReadOnlyListBudgetResponse)
            : Problems.NotFound("tenant");
    }

    private async Task<IResult> ListGlobalAsync(CancellationToken cancellationToken) => TypedResults.Json(
        await figures.OfAllAsync(null, snapshots.Current.GlobalBudgets, cancellationToken), AdminJson.Default.IReadOnlyListBudgetResponse);

    private async Task<IResult> GetOwnedAsync(string tenant, string name, HttpContext http, CancellationToken cancellationToken) =>
        snapshots.Current.FindLive(tenant) is { } owner ? await GetAsync(owner, name, http, cancellationToken) : Problems.NotFound("tenant");

    private Task<IResult> GetGlobalAsync(string name, HttpContext http, CancellationToken cancellationToken) =>
        GetAsync(null, name, http, cancellationToken);

    private async Task<IResult> PutOwnedAsync(string tenant, string name, HttpContext http, CancellationToken cancellationToken) =>
        snapshots.Current.FindLive(tenant) is { } owner ? await PutAsync(owner, name, http, cancellationToken) : Problems.NotFound("tenant");

    private Task<IResult> PutGlobalAsync(string name, HttpContext http, CancellationToken cancellationToken) =>
        PutAsync(null, name, http, cancellationToken);

    private async Task<IResult> DeleteOwnedAsync(string tenant, string name, HttpContext http, CancellationToken cancellationToken) =>
        snapshots.Current.FindLive(tenant) is { } owner ? await DeleteAsync(owner, name, http, cancellationToken) : Problems.NotFound("tenant");

    private Task<IResult> DeleteGlobalAsync(string name, HttpContext http, CancellationToken cancellationToken) =>
        DeleteAsync(null, name, http, cancellationToken);

    private async Task<IResult> GetAsync(Tenant? owner, string name, HttpContext http, CancellationToken cancellationToken) =>
        Find(owner, name) is { } budget
            ? await AnswerAsync(http, owner, budget, StatusCodes.Status200OK, cancellationToken)
            : Problems.NotFound("budget");

    private async Task<IResult> PutAsync(Tenant? owner, string name, HttpContext http, CancellationToken cancellationToken)
    {
        var (json, problem) = await JsonBody.ReadAsync(http, optional: false, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var errors = new FieldErrors();
        if (JsonBody.Bind(json, AdminRequestJson.Default.BudgetBody, errors) is not { } body)
        {
            return errors.ToProblem();
        }

        for (var tries = 0; tries < MaxTries; tries++)
        {
            // Whether the budget keeps its id depends on what is stored, so even a caller without If-Match
            // replaces exactly the version that was looked at.
            var stored = Find(owner, name);
            if (!ETags.Allow(http, stored?.Version))
            {
                return Problems.VersionMismatch();
            }

            var budget = await rules.ReadAsync(owner, name, stored, body, time.GetUtcNow(), errors, cancellationToken);
            if (errors.Any)
            {
                return errors.ToProblem();
            }

            if (await store.PutBudgetAsync(budget, stored?.Version ?? 0, AdminGate.Actor, cancellationToken) is { } written)
            {
                return await AnswerAsync(
                    http, owner, written, stored is null ? StatusCodes.Status201Created : StatusCodes.Status200OK, cancellationToken);
            }
        }

        return ETags.HasCondition(http) ? Problems.VersionMismatch() : Problems.ConcurrentChange();
    }

    private async Task<IResult> DeleteAsync(Tenant? owner, string name, HttpContext http, CancellationToken cancellationToken)
    {
        var stored = Find(owner, name);
        if (stored is not null && !ETags.Allow(http, stored.Version))
        {
            return Problems.VersionMismatch();
        }

        return stored is not null && await store.DeleteBudgetAsync(owner?.Id, name, AdminGate.Actor, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("budget");
    }

    private Budget? Find(Tenant? owner, string name) =>
        (owner is null ? snapshots.Current.GlobalBudgets : snapshots.Current.BudgetsOf(owner.Id))
        .FirstOrDefault(b => string.Equals(b.Name, name, StringComparison.Ordinal));

    private async Task<JsonHttpResult<BudgetResponse>> AnswerAsync(
        HttpContext http, Tenant? owner, Budget budget, int status, CancellationToken cancellationToken)
    {
        ETags.Write(http, budget.Version);
        return TypedResults.Json(
            await figures.OfAsync(owner, budget, cancellationToken), AdminJson.Default.BudgetResponse, statusCode: status);
    }
}
