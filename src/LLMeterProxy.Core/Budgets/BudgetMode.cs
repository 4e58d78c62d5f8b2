namespace LLMeterProxy.Core.Budgets;

public enum BudgetMode
{
    /// <summary>Refuses what does not fit.</summary>
    Hard,

    /// <summary>Counts and alerts, never refuses.</summary>
    Soft,

    /// <summary>Counts what it would have refused, and alerts nobody.</summary>
    Shadow,
}
