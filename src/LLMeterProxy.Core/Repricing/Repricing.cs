using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Repricing;

/// <summary>What a price book makes of one attempt.</summary>
/// <param name="Before">What the attempt cost until now; null where it had no price.</param>
/// <param name="After">What it costs from now on; null where it has no price still.</param>
/// <param name="Adjustment">The record that makes it so; null where nothing changes.</param>
/// <param name="IsKept">The attempt keeps its cost because the book cannot say what it would be.</param>
public sealed record Repricing(NanoUsd? Before, NanoUsd? After, UsageRecord? Adjustment, bool IsKept);
