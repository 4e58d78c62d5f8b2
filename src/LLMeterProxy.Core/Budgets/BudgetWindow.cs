namespace LLMeterProxy.Core.Budgets;

public enum BudgetWindow
{
    Day,

    /// <summary>Starts on Monday unless the anchor says otherwise.</summary>
    Week,

    /// <summary>Starts on the first unless the anchor says otherwise; days 29 to 31 clamp to the month's end.</summary>
    Month,

    /// <summary>From creation, for ever.</summary>
    Total,
}
