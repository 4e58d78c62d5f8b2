using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>
/// Tokens as the provider counts them. <c>inputTokens</c> is the sum of uncached, cache reads and cache writes; the other
/// figures are subsets of their direction.
/// </summary>
/// <param name="Units">What is billed but is not tokens.</param>
public sealed record TokenUsageResponse(
    long InputTokens,
    long UncachedInputTokens,
    long CacheReadTokens,
    long CacheWrite5mTokens,
    long CacheWrite1hTokens,
    long OutputTokens,
    long ReasoningTokens,
    long AudioInputTokens,
    long AudioCacheReadTokens,
    long AudioOutputTokens,
    long ImageInputTokens,
    long ImageOutputTokens,
    IReadOnlyList<UnitResponse> Units)
{
    internal static TokenUsageResponse Of(TokenUsage usage) => new(
        usage.InputTokens,
        usage.UncachedInputTokens,
        usage.CacheReadTokens,
        usage.CacheWrite5mTokens,
        usage.CacheWrite1hTokens,
        usage.OutputTokens,
        usage.ReasoningTokens,
        usage.AudioInputTokens,
        usage.AudioCacheReadTokens,
        usage.AudioOutputTokens,
        usage.ImageInputTokens,
        usage.ImageOutputTokens,
        [.. usage.Units.Select(u => new UnitResponse(u.Unit, u.Quantity))]);
}
