using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Ledger;

/// <summary>
/// What is journalled before an attempt is dispatched: enough to charge the attempt should this process die before its
/// record (I1). Every intent is resolved by exactly one record or void entry of the same attempt id.
/// </summary>
public sealed record UsageIntent
{
    public required RequestId AttemptId { get; init; }

    /// <summary>The attributed tenant.</summary>
    public required string Tenant { get; init; }

    public required string KeyId { get; init; }

    /// <summary>The provider's name in the configuration.</summary>
    public required string Provider { get; init; }

    public required string Operation { get; init; }

    /// <summary>As the client wrote it.</summary>
    public required string ModelRequested { get; init; }

    /// <summary>The canonical id: policy, price, budget and metrics use this one.</summary>
    public required string Model { get; init; }

    public bool Stream { get; init; }

    /// <summary>The reserved cost; also what an orphan is charged where <see cref="Strict"/>.</summary>
    public required NanoUsd Hold { get; init; }

    /// <summary>True where any budget of the call is strict.</summary>
    public bool Strict { get; init; }

    /// <summary>An upper estimate of input tokens (body bytes or bytes / learned ratio).</summary>
    public long InputTokensBound { get; init; }

    /// <summary>Nano-USD for a million input tokens and output tokens at the standard tier; null where unpriced.</summary>
    public decimal? InputPrice { get; init; }

    /// <inheritdoc cref="InputPrice"/>
    public decimal? OutputPrice { get; init; }

    public IReadOnlyList<BudgetWindowKey> Budgets { get; init; } = [];

    public required string PriceVersion { get; init; }

    public string? EndUser { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>UTC.</summary>
    public required DateTimeOffset DispatchedAt { get; init; }
}
