using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Cuts a usage into disjoint classes, as finely as a price column tells them apart and no finer, so that no token is priced twice (A50).</summary>
internal static class TokenClasses
{
    /// <summary>What context steps are chosen by: all input of one run of the model, cache included.</summary>
    public static long TotalInput(TokenUsage usage) =>
        usage.LargestRunInputTokens > 0 ? usage.LargestRunInputTokens : Math.Max(usage.InputTokens, Classified(usage));

    /// <param name="counts">One element a <see cref="TokenUnits"/> position; zeroed on entry.</param>
    public static void Split(TokenUsage usage, TokenRates column, Span<long> counts)
    {
        // Input that the reader of a response put into no class is uncached: it must not be lost.
        var uncached = NotNegative(usage.UncachedInputTokens) + NotNegative(usage.InputTokens - Classified(usage));
        var cacheRead = NotNegative(usage.CacheReadTokens);
        if (cacheRead > NotNegative(usage.InputTokens))
        {
            // Reads of more than all input are of something else, which the provider hides (Grok on Azure, Cohere's raw count):
            // the input is charged in full, and they are not.
            uncached = NotNegative(usage.InputTokens - usage.CacheWrite5mTokens - usage.CacheWrite1hTokens);
            cacheRead = 0;
        }


        if (column.IsStated(TokenUnits.AudioInput))
        {
            // The audio figure includes its cached part, which lies within the cache reads.
            var audio = Within(uncached, usage.AudioInputTokens - NotNegative(usage.AudioCacheReadTokens));
            counts[TokenUnits.AudioInput] = audio;
            uncached -= audio;
        }

        if (column.IsStated(TokenUnits.ImageInput))
        {
            var image = Within(uncached, usage.ImageInputTokens);
            counts[TokenUnits.ImageInput] = image;
            uncached -= image;
        }

        if (column.IsStated(TokenUnits.AudioCacheRead))
        {
            var audio = Within(cacheRead, usage.AudioCacheReadTokens);
            counts[TokenUnits.AudioCacheRead] = audio;
            cacheRead -= audio;
        }

        counts[TokenUnits.Input] = uncached;
        counts[TokenUnits.CacheRead] = cacheRead;
        counts[TokenUnits.CacheWrite5m] = NotNegative(usage.CacheWrite5mTokens);
        counts[TokenUnits.CacheWrite1h] = NotNegative(usage.CacheWrite1hTokens);

        var output = NotNegative(usage.OutputTokens);
        output -= Take(column, counts, TokenUnits.AudioOutput, output, usage.AudioOutputTokens);
        output -= Take(column, counts, TokenUnits.ImageOutput, output, usage.ImageOutputTokens);
        output -= Take(column, counts, TokenUnits.Reasoning, output, usage.ReasoningTokens);
        counts[TokenUnits.Output] = output;
    }

    private static long Classified(TokenUsage usage) =>
        NotNegative(usage.UncachedInputTokens) + NotNegative(usage.CacheReadTokens)
        + NotNegative(usage.CacheWrite5mTokens) + NotNegative(usage.CacheWrite1hTokens);

    private static long Take(TokenRates column, Span<long> counts, int unit, long available, long wanted)
    {
        if (!column.IsStated(unit))
        {
            return 0;
        }

        return counts[unit] = Within(available, wanted);
    }

    private static long Within(long available, long wanted) => Math.Clamp(wanted, 0, available);

    private static long NotNegative(long count) => Math.Max(0, count);
}
