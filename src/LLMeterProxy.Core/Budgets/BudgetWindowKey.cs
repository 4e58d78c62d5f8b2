namespace LLMeterProxy.Core.Budgets;

/// <summary>The key of one counter: what intents and records carry.</summary>
public sealed record BudgetWindowKey(string Slot, string BudgetId, string WindowId)
{
    /// <summary>An instant by which the window has surely ended, whatever its zone, UTC; MaxValue for a total.</summary>
    public DateTimeOffset LatestEnd => Budgets.WindowId.LatestEnd(WindowId);
}
