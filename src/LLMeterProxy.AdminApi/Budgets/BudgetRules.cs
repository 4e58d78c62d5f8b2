using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Budgets;

/// <summary>Turns a body into a budget, with every default and rule of the contract.</summary>
internal sealed class BudgetRules(ITenancyStore store, IKeyMint mint)
{
    private const int MaxThreshold = 1000;
    private const int MaxThresholds = 20;

    /// <summary>Redis compares nano-USD as doubles, which are exact up to 2^53.</summary>
    private static readonly NanoUsd _maxLimit = NanoUsd.FromUsd(9_007_199);

    /// <param name="tenant">The owner; null for a global budget.</param>
    /// <param name="stored">The budget that is replaced; null where there is none.</param>
    public async Task<Budget> ReadAsync(
        Tenant? tenant, string name, Budget? stored, BudgetBody body, DateTimeOffset now, FieldErrors errors, CancellationToken cancellationToken)
    {
        var (scope, scopeId) = await ScopeAsync(tenant, body, errors, cancellationToken);
        var budget = new Budget
        {
            Id = "",
            TenantId = tenant?.Id,
            Name = Fields.Identifier(name, "name", errors),
            Scope = scope,
            ScopeId = scopeId,
            Models = Fields.Models(body.Models, "models", errors),
            Window = Window(body.Window, errors),
            Anchor = body.Anchor,
            Limit = Limit(body.LimitUsd, errors),
            Mode = Fields.Choice(body.Mode, BudgetMode.Hard, "mode", errors),
            Strict = body.Strict ?? false,
            WhenShort = Fields.Choice(body.WhenShort, WhenShort.Reject, "whenShort", errors),
            MidStream = Fields.Choice(body.MidStream, MidStream.None, "midStream", errors),
            CreatedAt = now,
        };
        CheckAnchor(budget, errors);
        if (body.Thresholds is { } thresholds)
        {
            CheckThresholds(thresholds, errors);
            budget = budget with { Thresholds = thresholds };
        }

        // What counts something else must never inherit the counter (A63).
        return stored is not null && CountsTheSame(stored, budget)
            ? budget with { Id = stored.Id, CreatedAt = stored.CreatedAt }
            : budget with { Id = mint.NewBudgetId() };
    }

    private async Task<(BudgetScope Scope, string ScopeId)> ScopeAsync(
        Tenant? tenant, BudgetBody body, FieldErrors errors, CancellationToken cancellationToken)
    {
        var scope = Fields.Choice(body.Scope, tenant is null ? BudgetScope.Global : BudgetScope.Tenant, "scope", errors);
        if (tenant is null)
        {
            if (scope != BudgetScope.Global && !errors.Has("scope"))
            {
                errors.Add("scope", "must be global here; tenant, key and tag budgets live under /api/v1/tenants/{tenant}/budgets");
            }

            if (body.ScopeId is { Length: > 0 })
            {
                errors.Add("scopeId", "a global budget has none");
            }

            return (BudgetScope.Global, "");
        }

        switch (scope)
        {
            case BudgetScope.Global:
                errors.Add("scope", "a global budget lives at /api/v1/budgets/{name}");
                break;
            case BudgetScope.Tenant when body.ScopeId is { } other && !string.Equals(other, tenant.Id, StringComparison.Ordinal):
                errors.Add("scopeId", "must be the path's tenant, or be left out");
                break;
            case BudgetScope.Key when body.ScopeId is null || await store.FindKeyAsync(body.ScopeId, cancellationToken) is not { } key || key.TenantId != tenant.Id:
                errors.Add("scopeId", "must be the id of a key of this tenant");
                break;
            case BudgetScope.Tag when !IsTag(body.ScopeId):
                errors.Add("scopeId", "must be the tag as name=value");
                break;
        }

        return (scope, body.ScopeId ?? tenant.Id);
    }

    private static bool IsTag(string? text) =>
        text is { Length: <= Fields.MaxNameLength } && text.IndexOf('=') is var split && split > 0 && split < text.Length - 1 && !text.Any(char.IsControl);

    private static BudgetWindow Window(string? text, FieldErrors errors)
    {
        if (text is null)
        {
            errors.Add("window", $"is required: one of {WireNames<BudgetWindow>.All}");
        }

        return Fields.Choice(text, BudgetWindow.Month, "window", errors);
    }

    private static NanoUsd Limit(UsdAmount? limit, FieldErrors errors)
    {
        if (limit is not { Nano: var amount })
        {
            errors.Add("limitUsd", "is required; delete the budget for no cap");
            return NanoUsd.Zero;
        }

        if (amount < NanoUsd.Zero)
        {
            errors.Add("limitUsd", "must be 0 or more; 0 means that nothing is allowed");
        }
        else if (amount > _maxLimit)
        {
            errors.Add("limitUsd", $"must be at most {_maxLimit.ToUsdString()}: above it, shared counters would no longer be exact to the nano-USD");
        }

        return amount;
    }

    private static void CheckAnchor(Budget budget, FieldErrors errors)
    {
        if (budget.Anchor is not { } anchor || errors.Has("window"))
        {
            return;
        }

        var last = budget.Window switch
        {
            BudgetWindow.Week => 7,
            BudgetWindow.Month => 31,
            _ => 0,
        };
        if (last == 0)
        {
            errors.Add("anchor", "only week and month windows have one");
        }
        else if (anchor < 1 || anchor > last)
        {
            errors.Add("anchor", $"must be 1 to {last} for this window");
        }
    }

    private static void CheckThresholds(IReadOnlyList<int> thresholds, FieldErrors errors)
    {
        var ascending = thresholds.Zip(thresholds.Skip(1)).All(pair => pair.First < pair.Second);
        if (thresholds.Count > MaxThresholds || !ascending || thresholds.Any(t => t is < 1 or > MaxThreshold))
        {
            errors.Add("thresholds", $"must be at most {MaxThresholds} ascending percentages from 1 to {MaxThreshold}");
        }
    }

    private static bool CountsTheSame(Budget a, Budget b) =>
        a.Scope == b.Scope
        && string.Equals(a.ScopeId, b.ScopeId, StringComparison.Ordinal)
        && a.Window == b.Window
        && (a.Anchor ?? 1) == (b.Anchor ?? 1)
        && (a.Models ?? []).Order(StringComparer.Ordinal).SequenceEqual((b.Models ?? []).Order(StringComparer.Ordinal), StringComparer.Ordinal);
}
