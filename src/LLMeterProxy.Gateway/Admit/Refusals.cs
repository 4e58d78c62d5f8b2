using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// Words a refused reservation for the client. The figures are the enforcement's own (A16). A global budget is named
/// without figures: they are the sum of other tenants' spend (A70).
/// </summary>
internal static class Refusals
{
    public static Problem Of(in ReserveResult result, in HoldEstimate hold) => result.Outcome switch
    {
        ReserveOutcome.TooBig => TooBig(result, hold),
        ReserveOutcome.Exhausted => Exhausted(result, hold),
        ReserveOutcome.InFlight => InFlight(result),
        ReserveOutcome.RequestRate => Rate("requests per minute", result),
        ReserveOutcome.TokenRate => Rate("tokens per minute", result),
        ReserveOutcome.Concurrency => Rate("concurrent requests", result),
        _ => new Problem(
            ProblemCode.BudgetUnverifiable,
            "The budget cannot be verified at the moment, and a hard cap applies. Retry shortly.",
            RetryAfter: Jittered(TimeSpan.FromSeconds(2))),
    };

    private static Problem TooBig(in ReserveResult result, in HoldEstimate hold)
    {
        var budget = result.Budget!.Budget;
        var fits = hold.LargestOutput(budget.Limit);
        var advice = budget.Limit == NanoUsd.Zero ? " The limit is 0: nothing is allowed."
            : fits > 0 ? $" The largest output limit that would fit is {fits} tokens."
            : " No output limit would make it fit.";
        return new Problem(
            ProblemCode.RequestExceedsBudget,
            $"This request could cost {hold.Amount.ToUsdString()} USD, more than the whole {Named(result.Budget)}.{advice}",
            "max_tokens");
    }

    private static Problem Exhausted(in ReserveResult result, in HoldEstimate hold)
    {
        var applied = result.Budget!;
        var resets = applied.Window.End == DateTimeOffset.MaxValue ? (DateTimeOffset?)null : applied.Window.End;
        var fits = applied.Budget.Scope == BudgetScope.Global ? 0 : hold.LargestOutput(applied.Budget.Limit - result.Spent);
        var advice = fits > 0 ? $" A request with an output limit of at most {fits} tokens would fit." : "";
        var until = resets is { } end ? $" It resets at {end:yyyy-MM-ddTHH:mm:ssZ}." : "";
        var spent = applied.Budget.Scope == BudgetScope.Global ? "" : $": {result.Spent.ToUsdString()} USD spent";
        return new Problem(ProblemCode.CapExhausted, $"The {Named(applied)} is reached{spent}.{advice}{until}", ResetsAt: resets);
    }

    private static Problem InFlight(in ReserveResult result) => new(
        ProblemCode.InFlightBudgetExhausted,
        $"The {Named(result.Budget!)} has room only once calls in flight have settled. Retry shortly.",
        RetryAfter: Jittered(result.RetryAfter ?? TimeSpan.FromSeconds(2)));

    private static Problem Rate(string what, in ReserveResult result) => new(
        ProblemCode.RateLimitExceeded,
        $"The limit of {what} is reached for this {(result.Limit?.Scope == "tenant" ? "account" : "key")}.",
        RetryAfter: result.RetryAfter ?? TimeSpan.FromSeconds(1));

    private static string Named(AppliedBudget applied) => applied.Budget.Scope == BudgetScope.Global
        ? "overall spend limit"
        : $"{applied.Budget.Window.ToString().ToLowerInvariant()} spend limit '{applied.Budget.Name}' of {applied.Budget.Limit.ToUsdString()} USD";

    // Clients that were refused together must not come back together.
    private static TimeSpan Jittered(TimeSpan wait)
    {
        Span<byte> random = stackalloc byte[1];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        var factor = 0.75 + (random[0] / 512.0);
        return TimeSpan.FromSeconds(Math.Clamp(wait.TotalSeconds * factor, 1, 30));
    }
}
