namespace LLMeterProxy.Benchmarks.Load;

/// <summary>What the driver saw.</summary>
/// <param name="Elapsed">From the first byte sent to the last received.</param>
internal sealed record LoadResult(int Requests, TimeSpan Elapsed);
