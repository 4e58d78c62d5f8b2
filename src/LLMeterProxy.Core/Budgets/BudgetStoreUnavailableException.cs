namespace LLMeterProxy.Core.Budgets;

/// <summary>The budget store cannot be reached, or refused an operation that is not a call's. Whether it was applied is unknown.</summary>
public sealed class BudgetStoreUnavailableException : Exception
{
    public BudgetStoreUnavailableException(string message)
        : base(message)
    {
    }

    public BudgetStoreUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
