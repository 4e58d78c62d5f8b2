using System.Text.Json;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Budgets;

/// <summary>
/// The answer of <c>GET /llmeter/v1/me</c>: what a key's holder may know, that is its own tenant and its own key's budgets (A94).
/// Budgets of other keys of the tenant are left out.
/// </summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Key">The key's id.</param>
/// <param name="Budgets">With spend, remaining and reset.</param>
/// <param name="SpentUsd">In the window of the tenant's first whole-tenant month budget; null where there is none.</param>
public sealed record OwnUsage(string Tenant, string Key, string? SpentUsd, IReadOnlyList<OwnBudget> Budgets)
{
    /// <summary>Reads the figures of the enforcement for one key.</summary>
    public static OwnUsage Of(VirtualKey key, Tenant tenant, TenancySnapshot snapshot, BudgetFigures figures)
    {
        var budgets = figures.OfTenant(snapshot, tenant)
            .Where(b => b.Scope is not "key" || string.Equals(b.ScopeId, key.Id, StringComparison.Ordinal))
            .ToList();
        var month = budgets.FirstOrDefault(b => b is { Scope: "tenant", Window: "month", Models: null });
        return new OwnUsage(tenant.Id, key.Id, month?.SpentUsd, [.. budgets.Select(OwnBudget.Of)]);
    }

    /// <summary>UTF-8 JSON, camelCase.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AdminJson.Default.OwnUsage);
}
