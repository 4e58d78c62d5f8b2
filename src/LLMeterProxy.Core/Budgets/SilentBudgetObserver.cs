using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>Hears nothing.</summary>
public sealed class SilentBudgetObserver : IBudgetObserver
{
    public static readonly SilentBudgetObserver Instance = new();

    private SilentBudgetObserver()
    {
    }

    public void Overshoot(string tenant, NanoUsd amount)
    {
    }

    public void ShadowRefusal(string tenant, Budget budget)
    {
    }
}
