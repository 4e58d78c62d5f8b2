namespace LLMeterProxy.Core.Budgets;

/// <summary>What a reservation came to on one slot.</summary>
/// <param name="Result">The answer; the figures are those before the hold.</param>
/// <param name="ShadowRefusals">The shadow budgets that would have refused a call that was granted; null where there are none.</param>
public readonly record struct ReserveEffect(ReserveResult Result, IReadOnlyList<Budget>? ShadowRefusals = null)
{
    /// <summary>
    /// Joins the answers of two slots of one call: a rate limit comes before a budget, and among budgets the most final
    /// refusal wins, because a caller told to wait for what can never fit would wait for ever.
    /// </summary>
    public static ReserveEffect MostFinal(in ReserveEffect left, in ReserveEffect right)
    {
        if (left.Result.IsGranted && right.Result.IsGranted)
        {
            return left.ShadowRefusals is null ? right
                : right.ShadowRefusals is null ? left
                : left with { ShadowRefusals = [.. left.ShadowRefusals, .. right.ShadowRefusals] };
        }

        return Finality(right.Result.Outcome) > Finality(left.Result.Outcome) ? right : left;
    }

    /// <summary>Higher is reported before lower; 0 only for a grant.</summary>
    internal static int Finality(ReserveOutcome outcome) => outcome switch
    {
        ReserveOutcome.Unverifiable => 7,
        ReserveOutcome.RequestRate => 6,
        ReserveOutcome.TokenRate => 5,
        ReserveOutcome.Concurrency => 4,
        ReserveOutcome.TooBig => 3,
        ReserveOutcome.Exhausted => 2,
        ReserveOutcome.InFlight => 1,
        _ => 0,
    };
}
