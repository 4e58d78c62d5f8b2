using System.Security.Cryptography;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>
/// The difference between an attempt's record and the estimate that was charged when its process was thought dead, as a
/// record of its own. Pure: the same pair gives the same correction, so that a replay cannot correct twice.
/// </summary>
internal static class OrphanCorrection
{
    public const string Reason = "orphan_corrected";

    /// <summary>The chain of what a ledger adds by itself.</summary>
    public const string Incarnation = "ledger";

    private const int AttemptNumberByte = 15;

    public static bool IsOrphanEstimate(UsageRecord record) =>
        record.Source == UsageSource.Estimated && record.Corrects is null && record.Reason is "crash" or "orphaned";

    /// <summary>
    /// The correction without its chain fields. It has the estimate's instant, so that both are in one rollup bucket and in one
    /// statement. Where the record is unpriced the estimate stays what is charged: the true figure is unknown.
    /// </summary>
    public static UsageRecord Of(UsageRecord estimate, UsageRecord actual) => actual with
    {
        AttemptId = IdOf(actual.AttemptId),
        Channel = UsageChannel.Adjustment,
        Corrects = actual.AttemptId,
        Reason = Reason,
        Usage = Difference(estimate.Usage, actual.Usage),
        Lines = actual.Cost is null ? [] : [.. actual.Lines, .. estimate.Lines.Select(Negated)],
        Cost = Difference(estimate.Cost, actual.Cost),
        Billed = Difference(estimate.Billed, actual.Billed),
        Hold = NanoUsd.Zero,
        Incarnation = Incarnation,
        ChainSeq = 0,
        PrevHash = "",
    };

    /// <summary>The id of the correction of an attempt: its time, and bits that follow from it.</summary>
    public static RequestId IdOf(RequestId attempt)
    {
        Span<byte> original = stackalloc byte[16];
        attempt.Value.TryWriteBytes(original, bigEndian: true, out _);
        Span<byte> id = stackalloc byte[32];
        SHA256.HashData(original, id);
        original[..6].CopyTo(id);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        id[AttemptNumberByte] = 0;
        return new RequestId(new Guid(id[..16], bigEndian: true));
    }

    private static NanoUsd? Difference(NanoUsd? estimate, NanoUsd? actual) => actual is { } figure ? figure - (estimate ?? NanoUsd.Zero) : null;

    private static TokenUsage Difference(TokenUsage estimate, TokenUsage actual) => new()
    {
        InputTokens = actual.InputTokens - estimate.InputTokens,
        UncachedInputTokens = actual.UncachedInputTokens - estimate.UncachedInputTokens,
        CacheReadTokens = actual.CacheReadTokens - estimate.CacheReadTokens,
        CacheWrite5mTokens = actual.CacheWrite5mTokens - estimate.CacheWrite5mTokens,
        CacheWrite1hTokens = actual.CacheWrite1hTokens - estimate.CacheWrite1hTokens,
        OutputTokens = actual.OutputTokens - estimate.OutputTokens,
        ReasoningTokens = actual.ReasoningTokens - estimate.ReasoningTokens,
        AudioInputTokens = actual.AudioInputTokens - estimate.AudioInputTokens,
        AudioCacheReadTokens = actual.AudioCacheReadTokens - estimate.AudioCacheReadTokens,
        AudioOutputTokens = actual.AudioOutputTokens - estimate.AudioOutputTokens,
        ImageInputTokens = actual.ImageInputTokens - estimate.ImageInputTokens,
        ImageOutputTokens = actual.ImageOutputTokens - estimate.ImageOutputTokens,
        Units = [.. actual.Units, .. estimate.Units.Select(unit => unit with { Quantity = -unit.Quantity })],
    };

    private static CostLine Negated(CostLine line) => line with { Quantity = -line.Quantity, Cost = NanoUsd.Zero - line.Cost };
}
