using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi;

/// <summary>Draws the window that the enforcement uses, so that both show one figure (A16).</summary>
public interface IBudgetWindows
{
    /// <param name="tenant">The owner; null for a global budget.</param>
    WindowBounds Current(Tenant? tenant, Budget budget, DateTimeOffset now);
}
