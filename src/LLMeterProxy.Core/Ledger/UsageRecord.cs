using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Ledger;

/// <summary>
/// One immutable row per attempt: the truth that invoices, counters and metrics are made from. Never changed;
/// a correction is a further record that names it in <see cref="Corrects"/>.
/// </summary>
public sealed record UsageRecord
{
    public required RequestId AttemptId { get; init; }

    public required string Tenant { get; init; }

    public required string KeyId { get; init; }

    public required string Provider { get; init; }

    public required string Operation { get; init; }

    public UsageChannel Channel { get; init; }

    /// <summary>As the client wrote it; empty for operations without a model.</summary>
    public required string ModelRequested { get; init; }

    /// <summary>As the response named it; null where it named none.</summary>
    public string? ModelBilled { get; init; }

    /// <summary>The canonical id of the requested model: policy, budgets, rollups and metrics use this one.</summary>
    public required string Model { get; init; }

    public bool Stream { get; init; }

    /// <summary>The upstream's HTTP status; 0 where none arrived.</summary>
    public int Status { get; init; }

    public required RequestOutcome Outcome { get; init; }

    public required UsageSource Source { get; init; }

    /// <summary>Why a record was estimated or corrected: <c>crash</c>, <c>orphaned</c>, <c>no_usage</c>, <c>client_aborted</c>, …; null otherwise.</summary>
    public string? Reason { get; init; }

    public TokenUsage Usage { get; init; } = TokenUsage.None;

    public IReadOnlyList<CostLine> Lines { get; init; } = [];

    /// <summary>Null where unpriced; never 0 for "unknown".</summary>
    public NanoUsd? Cost { get; init; }

    /// <summary>What the tenant is charged; the cost until a plan says otherwise. Null where unpriced.</summary>
    public NanoUsd? Billed { get; init; }

    public NanoUsd? ProviderCost { get; init; }

    public required string PriceVersion { get; init; }

    /// <summary>What was reserved for the call; 0 for free operations.</summary>
    public NanoUsd Hold { get; init; }

    /// <summary>The counters that the cost went to.</summary>
    public IReadOnlyList<BudgetWindowKey> Budgets { get; init; } = [];

    /// <summary>The tier that served the call, as the response says; null where not said.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The speed that multiplies the price, as the response says (Anthropic <c>fast</c>); null where not said.</summary>
    public string? Speed { get; init; }

    /// <summary>The region that multiplies the price; null where none is known.</summary>
    public string? InferenceGeo { get; init; }

    /// <summary>What was billed beside <see cref="Usage"/>: in the lines and the cost, not in the totals.</summary>
    public IReadOnlyList<ExtraUsage> Extra { get; init; } = [];

    /// <summary>The provider's id of the response; null where none was seen.</summary>
    public string? ResponseId { get; init; }

    public string? EndUser { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>Values of <see cref="UsageFlags"/>.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    public required RequestTimings Timings { get; init; }

    /// <summary>The usage object as it was on the wire; empty where none was seen.</summary>
    public ReadOnlyMemory<byte> RawUsage { get; init; }

    /// <summary>The record that this one corrects; null for an original.</summary>
    public RequestId? Corrects { get; init; }

    /// <summary>For a correction by a later price book: the version that priced the call until then. Null otherwise.</summary>
    public string? PreviousPriceVersion { get; init; }

    /// <summary>The incarnation that wrote the record; assigned at append.</summary>
    public string Incarnation { get; init; } = "";

    /// <summary>1, 2, 3, … per (tenant, incarnation), without gaps; assigned at append.</summary>
    public long ChainSeq { get; init; }

    /// <summary>SHA-256 (hex) of the payload before it in its chain, 64 zeros for the first; assigned at append.</summary>
    public string PrevHash { get; init; } = "";
}
