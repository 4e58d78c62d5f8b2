using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>Lets a response pass as it is and reports nothing of it.</summary>
internal sealed class PassThroughCollector : IUsageCollector
{
    public bool FinishSeen => false;

    public ChunkVerdict Observe(ReadOnlySpan<byte> bytes) => new(bytes.Length);

    public ChunkVerdict Finish() => new(0, Commit: true);

    public UsageReport Report() => UsageReport.Nothing;
}
