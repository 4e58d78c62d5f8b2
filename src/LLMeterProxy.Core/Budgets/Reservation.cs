using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>A request to hold <see cref="Amount"/> on every budget that applies to one call: all or none (A11).</summary>
public sealed class Reservation
{
    /// <summary>The parent id of the call: the same id again yields the stored outcome (A13, T105).</summary>
    public required RequestId Id { get; init; }

    /// <summary>The attributed tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>One amount for every level; more than 0 for a priced call.</summary>
    public required NanoUsd Amount { get; init; }

    public required IReadOnlyList<AppliedBudget> Budgets { get; init; }

    public IReadOnlyList<AppliedLimit> Limits { get; init; } = [];

    /// <summary>Tokens debited from token buckets at once: body bytes / 4.</summary>
    public long EstimatedTokens { get; init; }

    /// <summary>The reservation instant, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The attempt that the hold is made for: 1, or more where an earlier one was settled and the hold ended with it.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>
    /// The encoded intent of that attempt, from which a hold whose node is lost is charged; empty where the store is not
    /// shared (<see cref="IBudgetStore.IsShared"/>).
    /// </summary>
    public ReadOnlyMemory<byte> Intent { get; init; }

    /// <summary>The incarnation that owns the hold.</summary>
    public required string Incarnation { get; init; }
}
