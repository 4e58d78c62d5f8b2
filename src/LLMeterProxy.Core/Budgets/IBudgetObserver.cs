using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// Hears what enforcement sees but does not refuse. Called on the request path, outside any lock of the store: counts and
/// returns; must not block or throw.
/// </summary>
public interface IBudgetObserver
{
    /// <summary>A settlement carried spend past a hard limit, by <paramref name="amount"/> more than before it (A9, I6).</summary>
    void Overshoot(string tenant, NanoUsd amount);

    /// <summary>A call was granted that <paramref name="budget"/>, a shadow budget, would have refused.</summary>
    void ShadowRefusal(string tenant, Budget budget);
}
