using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire;

/// <summary>
/// Reads usage from one response body as its bytes pass. Memory is bounded whatever the body (A43, T67): it never keeps the
/// body, never changes a byte, and any split of the body gives the same report (A39, T63). Not thread-safe; one per attempt.
/// </summary>
public interface IUsageCollector
{
    /// <summary>A finish or stop reason was seen: from here a disconnect drains (design section 2).</summary>
    bool FinishSeen { get; }

    /// <summary>Shows the next bytes of the body, in order, each byte once.</summary>
    ChunkVerdict Observe(ReadOnlySpan<byte> bytes);

    /// <summary>The body ended. Decides on what is still held; <see cref="ChunkVerdict.Commit"/> is always true unless it was before.</summary>
    ChunkVerdict Finish();

    /// <summary>What is known so far; final after a commit verdict or <see cref="Finish"/>.</summary>
    UsageReport Report();
}
