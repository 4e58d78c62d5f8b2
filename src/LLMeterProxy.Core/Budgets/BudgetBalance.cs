using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>What one counter holds now.</summary>
public readonly record struct BudgetBalance(NanoUsd Spent, NanoUsd Held);
