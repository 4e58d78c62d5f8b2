using System.Text.Json;
using LLMeterProxy.LoadTests.Processes;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>What the running proxy says was spent: by its counters, and by its rollups.</summary>
/// <param name="Budgets">Every budget of every tenant, and the global one.</param>
/// <param name="RollupNanoUsd">By tenant.</param>
/// <param name="RollupRequests">By tenant.</param>
internal sealed record LiveFigures(
    IReadOnlyList<BudgetFigures> Budgets, IReadOnlyDictionary<string, long> RollupNanoUsd, IReadOnlyDictionary<string, long> RollupRequests)
{
    public static async Task<LiveFigures> ReadAsync(ProxyProcess proxy)
    {
        var budgets = new List<BudgetFigures>();
        foreach (var tenant in Tenants.All)
        {
            budgets.AddRange((await proxy.GetAsync($"/api/v1/tenants/{tenant}/budgets")).EnumerateArray().Select(BudgetFigures.Of));
        }

        budgets.AddRange((await proxy.GetAsync("/api/v1/budgets")).EnumerateArray().Select(BudgetFigures.Of));
        var usage = (await proxy.GetAsync("/api/v1/usage?groupBy=tenant")).GetProperty("rows").EnumerateArray().ToList();
        return new LiveFigures(budgets, ByTenant(usage, "costNanoUsd"), ByTenant(usage, "requests"));
    }

    private static Dictionary<string, long> ByTenant(List<JsonElement> rows, string figure) =>
        rows.ToDictionary(r => r.GetProperty("tenant").GetString()!, r => r.GetProperty(figure).GetInt64());
}
