using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// Turns a hold into spend, once. Settlements of one stream are applied in the order of their sequence;
/// one at or below the applied watermark changes nothing (I9, T106).
/// </summary>
public sealed class Settlement
{
    /// <summary>
    /// The incarnation of the ledger's own streams, which bring what the ledger counts otherwise than the journals do, the
    /// opening sum of a new budget among it. No node's incarnation is equal to it.
    /// </summary>
    public const string LedgerIncarnation = "ledger";

    /// <summary>The attributed tenant; with <see cref="Incarnation"/> it names the stream.</summary>
    public required string Tenant { get; init; }

    /// <summary>The node's, or <see cref="LedgerIncarnation"/>.</summary>
    public required string Incarnation { get; init; }

    /// <summary>The record's <c>chainSeq</c>: 1, 2, 3, … per (tenant, incarnation).</summary>
    public required long Sequence { get; init; }

    /// <summary>The parent id whose hold ends; <see cref="EndsHold"/> false keeps it for a further attempt of the call.</summary>
    public required RequestId ReservationId { get; init; }

    public bool EndsHold { get; init; } = true;

    /// <summary>The attempt that is settled, 1 and up; where the hold stays, it is for the next one.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The actual cost; 0 for unbilled and unpriced records. Negative only for corrections.</summary>
    public required NanoUsd Cost { get; init; }

    /// <summary>The counters that the intent named.</summary>
    public required IReadOnlyList<BudgetWindowKey> Budgets { get; init; }

    /// <summary>Tokens that count against token buckets: input and output as reported.</summary>
    public long Tokens { get; init; }

    /// <summary>The instant of settlement, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}
