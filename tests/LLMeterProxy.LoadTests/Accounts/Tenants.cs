using System.Text.Json;
using LLMeterProxy.LoadTests.Processes;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>The tenants of a run: every kind of cap, two keys each, and a global budget over all.</summary>
internal static class Tenants
{
    /// <summary>Runs into its limit under load, so that holds and refusals meet kills.</summary>
    public const string StrictTight = "strict-tight";

    public const string StrictWide = "strict-wide";

    public const string GlobalBudget = "everything";

    private const string WideUsd = "1000";

    public static readonly IReadOnlyList<string> All = [StrictTight, StrictWide, "hard", "soft", "uncapped"];

    /// <summary>Those whose caps are strict: spent and held never exceed the limit.</summary>
    public static readonly IReadOnlyList<string> Strict = [StrictTight, StrictWide];

    /// <returns>Keys by tenant.</returns>
    public static async Task<IReadOnlyDictionary<string, string[]>> CreateAsync(ProxyProcess proxy, decimal tightUsd)
    {
        var keys = new Dictionary<string, string[]>();
        foreach (var tenant in All)
        {
            await proxy.SendAsync(HttpMethod.Post, "/api/v1/tenants", new { id = tenant });
            var first = await proxy.SendAsync(HttpMethod.Post, $"/api/v1/tenants/{tenant}/keys", new { name = "first" });
            var second = await proxy.SendAsync(HttpMethod.Post, $"/api/v1/tenants/{tenant}/keys", new { name = "second" });
            keys[tenant] = [first.GetProperty("key").GetString()!, second.GetProperty("key").GetString()!];
            if (tenant == "hard")
            {
                await PutAsync(proxy, tenant, "of-first-key", new { scope = "key", scopeId = first.GetProperty("id").GetString(), window = "total", limitUsd = WideUsd });
                await PutAsync(proxy, tenant, "of-tag", new { scope = "tag", scopeId = "team=a", window = "month", limitUsd = WideUsd });
            }
        }

        await PutAsync(proxy, StrictTight, "main", new { window = "month", limitUsd = tightUsd.ToString("0.######"), strict = true });
        await PutAsync(proxy, StrictWide, "main", new { window = "month", limitUsd = WideUsd, strict = true });
        await PutAsync(proxy, StrictWide, "gpt", new { window = "total", limitUsd = WideUsd, models = new[] { "gpt-*" } });
        await PutAsync(proxy, "hard", "main", new { window = "month", limitUsd = WideUsd });
        await PutAsync(proxy, "soft", "main", new { window = "month", limitUsd = "0.001", mode = "soft" });
        await proxy.SendAsync(HttpMethod.Put, $"/api/v1/budgets/{GlobalBudget}", new { window = "total", limitUsd = WideUsd });
        return keys;
    }

    private static Task<JsonElement> PutAsync(ProxyProcess proxy, string tenant, string name, object budget) =>
        proxy.SendAsync(HttpMethod.Put, $"/api/v1/tenants/{tenant}/budgets/{name}", budget);
}
