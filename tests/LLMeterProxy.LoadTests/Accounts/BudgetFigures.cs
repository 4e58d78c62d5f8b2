using System.Text.Json;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>A budget as the admin API states it.</summary>
internal sealed record BudgetFigures(string Id, string Name, NanoUsd Limit, NanoUsd Spent, NanoUsd Held)
{
    public static BudgetFigures Of(JsonElement budget) => new(
        budget.GetProperty("id").GetString()!,
        budget.GetProperty("name").GetString()!,
        Amount(budget, "limitUsd"),
        Amount(budget, "spentUsd"),
        Amount(budget, "heldUsd"));

    private static NanoUsd Amount(JsonElement budget, string name) =>
        NanoUsd.TryParseUsd(budget.GetProperty(name).GetString(), out var amount)
            ? amount
            : throw new FormatException($"{name} is no amount: {budget}");
}
