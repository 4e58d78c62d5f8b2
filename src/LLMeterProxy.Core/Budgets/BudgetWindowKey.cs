namespace LLMeterProxy.Core.Budgets;

/// <summary>The key of one counter: what intents and records carry.</summary>
public sealed record BudgetWindowKey(string Slot, string BudgetId, string WindowId);
