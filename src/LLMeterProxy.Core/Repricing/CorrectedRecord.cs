using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Repricing;

/// <summary>One attempt as the ledger has it: its record and the records that correct it. What it costs is their sum.</summary>
public sealed class CorrectedRecord
{
    private readonly IReadOnlyList<UsageRecord> _corrections;

    /// <param name="original">No correction itself.</param>
    /// <param name="corrections">Every record that names the original, in any order.</param>
    public CorrectedRecord(UsageRecord original, IEnumerable<UsageRecord> corrections)
    {
        Original = original;
        _corrections = [.. corrections];
    }

    public UsageRecord Original { get; }

    /// <summary>How many times a later price book has corrected the attempt.</summary>
    public int Repricings => _corrections.Count(IsRepricing);

    /// <summary>Null where the attempt has no price to this day.</summary>
    public NanoUsd? Cost => Sum(record => record.Cost);

    /// <inheritdoc cref="Cost"/>
    public NanoUsd? Billed => Sum(record => record.Billed);

    /// <summary>The version that priced the attempt last.</summary>
    public string PriceVersion => _corrections.FirstOrDefault(IsLastRepricing)?.PriceVersion ?? Original.PriceVersion;

    /// <summary>The lines of all records of the attempt; they sum to <see cref="Cost"/>.</summary>
    public IEnumerable<CostLine> Lines => _corrections.SelectMany(record => record.Lines).Concat(Original.Lines);

    /// <summary>
    /// The record whose facts the attempt is priced by. That of a call which was thought lost, and whose true record came
    /// later as a correction, is that correction with the whole usage.
    /// </summary>
    public UsageRecord Facts => _corrections.LastOrDefault(record => !IsRepricing(record)) is { } actual
        ? actual with { Usage = Total(_corrections.Where(record => !IsRepricing(record)).Select(record => record.Usage).Prepend(Original.Usage)) }
        : Original;

    private static bool IsRepricing(UsageRecord record) => record.Reason == PriceAdjustment.Reason;

    // Their order is in their ids alone: sequences begin anew with every start of a node.
    private bool IsLastRepricing(UsageRecord record) =>
        IsRepricing(record) && record.AttemptId == PriceAdjustment.IdOf(Original.AttemptId, Repricings - 1, record.PriceVersion);

    private NanoUsd? Sum(Func<UsageRecord, NanoUsd?> amount)
    {
        var sum = amount(Original);
        foreach (var record in _corrections)
        {
            sum = amount(record) is { } further ? (sum ?? NanoUsd.Zero) + further : sum;
        }

        return sum;
    }

    private static TokenUsage Total(IEnumerable<TokenUsage> parts)
    {
        var total = TokenUsage.None;
        foreach (var part in parts)
        {
            total = new TokenUsage
            {
                InputTokens = total.InputTokens + part.InputTokens,
                UncachedInputTokens = total.UncachedInputTokens + part.UncachedInputTokens,
                CacheReadTokens = total.CacheReadTokens + part.CacheReadTokens,
                CacheWrite5mTokens = total.CacheWrite5mTokens + part.CacheWrite5mTokens,
                CacheWrite1hTokens = total.CacheWrite1hTokens + part.CacheWrite1hTokens,
                OutputTokens = total.OutputTokens + part.OutputTokens,
                ReasoningTokens = total.ReasoningTokens + part.ReasoningTokens,
                AudioInputTokens = total.AudioInputTokens + part.AudioInputTokens,
                AudioCacheReadTokens = total.AudioCacheReadTokens + part.AudioCacheReadTokens,
                AudioOutputTokens = total.AudioOutputTokens + part.AudioOutputTokens,
                ImageInputTokens = total.ImageInputTokens + part.ImageInputTokens,
                ImageOutputTokens = total.ImageOutputTokens + part.ImageOutputTokens,
                Units =
                [
                    .. total.Units.Concat(part.Units).GroupBy(unit => unit.Unit, StringComparer.Ordinal)
                        .Select(unit => new UnitCount(unit.Key, unit.Sum(count => count.Quantity)))
                        .Where(unit => unit.Quantity != 0),
                ],
            };
        }

        return total;
    }
}
