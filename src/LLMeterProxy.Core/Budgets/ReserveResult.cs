using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>The answer of a budget store. The figures are those of the enforcement, so that the refusal, the API and the metrics agree (A16).</summary>
/// <param name="Budget">The budget that refused; null where granted or where a rate limit refused.</param>
/// <param name="Spent">Of that budget's window.</param>
/// <param name="Held">Of that budget's window, before this call.</param>
/// <param name="RetryAfter">Where a retry can help; else null.</param>
/// <param name="Limit">The rate limit that refused; null otherwise.</param>
public readonly record struct ReserveResult(
    ReserveOutcome Outcome,
    AppliedBudget? Budget = null,
    NanoUsd Spent = default,
    NanoUsd Held = default,
    TimeSpan? RetryAfter = null,
    AppliedLimit? Limit = null)
{
    public bool IsGranted => Outcome == ReserveOutcome.Granted;
}
