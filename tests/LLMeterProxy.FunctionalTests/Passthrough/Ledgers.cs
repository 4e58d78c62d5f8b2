using System.Globalization;
using System.Text.Json;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>What must be true of a tenant once its calls are over.</summary>
internal static class Ledgers
{
    /// <summary>No hold is left, and the budget's spend is the sum of the records, to the nano-dollar. The tenant has a budget <c>main</c>.</summary>
    public static async Task AssertSettledAsync(TestNode node, string tenant)
    {
        await Patience.UntilAsync(
            async () =>
            {
                var budget = await node.BudgetAsync(tenant, "main");
                return Usd(budget, "heldUsd") == 0
                    && Usd(budget, "spentUsd") * 1_000_000_000m == (await node.RecordsAsync(tenant)).Sum(Cost);
            },
            "nothing is held and spend is the sum of the records");
    }

    /// <summary>The only record of the tenant, once there is one and its hold is settled.</summary>
    public static async Task<JsonElement> OnlyRecordAsync(TestNode node, string tenant)
    {
        await node.RecordsAsync(tenant, atLeast: 1);
        await AssertSettledAsync(node, tenant);
        return Assert.Single(await node.RecordsAsync(tenant));
    }

    public static decimal Usd(JsonElement budget, string name) =>
        decimal.Parse(budget.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    public static long Cost(JsonElement record) => record.GetProperty("costNanoUsd").GetInt64();
}
