namespace LLMeterProxy.Core.Wire;

/// <summary>
/// What may be done with response bytes that a collector has seen. Offsets count from the first byte that is not yet
/// released; the bytes of the latest <see cref="IUsageCollector.Observe"/> are the last of them.
/// </summary>
/// <param name="Release">Leading bytes that are decided: sent to the client, but for the dropped range. The rest is held until the next verdict.</param>
/// <param name="DropStart">Start of the range that the client must not get (our usage chunk); lies within <paramref name="Release"/>.</param>
/// <param name="DropLength">0 where nothing is dropped.</param>
/// <param name="Commit">
/// True once: what follows <paramref name="Release"/> are the terminal bytes and all that the record needs has been seen.
/// The record is committed, then everything held and everything that follows is released.
/// </param>
public readonly record struct ChunkVerdict(int Release, int DropStart = 0, int DropLength = 0, bool Commit = false);
