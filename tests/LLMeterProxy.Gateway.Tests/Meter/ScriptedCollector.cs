using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Gateway.Tests.Meter;

/// <summary>
/// A collector that keeps to the contract and knows the body beforehand: it holds back up to <paramref name="lag"/> bytes,
/// drops one range, and commits before the terminal bytes.
/// </summary>
/// <param name="dropFrom">Start of the dropped range.</param>
/// <param name="dropTo">Its end; equal to the start where nothing is dropped.</param>
/// <param name="commitAt">Where the terminal bytes begin; beyond the body where it has none.</param>
internal sealed class ScriptedCollector(int dropFrom, int dropTo, int commitAt, int lag) : IUsageCollector
{
    private int _seen;
    private int _released;
    private bool _committed;

    public bool FinishSeen => _committed;

    /// <summary>From this byte on it throws.</summary>
    public int ThrowsAt { get; init; } = int.MaxValue;

    public ChunkVerdict Observe(ReadOnlySpan<byte> bytes)
    {
        _seen += bytes.Length;
        if (_seen > ThrowsAt)
        {
            throw new InvalidOperationException("scripted");
        }

        var commits = _seen > commitAt;
        return Decide(commits ? commitAt : Math.Min(Math.Max(_released, _seen - lag), commitAt), commits);
    }

    public ChunkVerdict Finish()
    {
        var commit = !_committed;
        return Decide(_seen, commit);
    }

    public UsageReport Report() => new()
    {
        Usage = new TokenUsage { InputTokens = 7, UncachedInputTokens = 7, OutputTokens = 11 },
        IsFinal = true,
        FinishSeen = true,
        TerminalSeen = true,
    };

    private ChunkVerdict Decide(int target, bool commit)
    {
        if (target > dropFrom && target < dropTo)
        {
            target = dropFrom;
        }

        var drops = dropTo > dropFrom && _released <= dropFrom && target >= dropTo;
        var verdict = new ChunkVerdict(
            Math.Max(0, target - _released), drops ? dropFrom - _released : 0, drops ? dropTo - dropFrom : 0, commit && !_committed);
        _released = Math.Max(_released, target);
        _committed |= commit;
        return verdict;
    }
}
