using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>What a reservation came to on one slot; the effect and the balances say nothing unless the status is Ok.</summary>
internal readonly record struct ReserveReply(
    ScriptStatus Status, ReserveEffect Effect, IReadOnlyList<(BudgetWindowKey Key, BudgetBalance Balance)> Balances, string? Detail);
