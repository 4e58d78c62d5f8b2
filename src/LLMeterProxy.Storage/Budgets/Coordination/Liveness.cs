using LLMeterProxy.Storage.Budgets.Redis;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Tells which incarnations are dead: not heard of for 20 s by the counter store's own clock, or, where the store knows no
/// heartbeat of it (it lost them, or none came yet), missing for 20 s of this node's monotonic time.
/// </summary>
/// <param name="time">For the monotonic time alone.</param>
public sealed class Liveness(TimeProvider time)
{
    /// <summary>How often a node is heard of.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>The silence after which it is dead.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, long> _missingSince = new(StringComparer.Ordinal);

    public bool IsDead(string incarnation, NodeBeats beats)
    {
        if (beats.Beats.TryGetValue(incarnation, out var latest))
        {
            _missingSince.Remove(incarnation);
            return beats.Now - latest > DeadAfter;
        }

        if (!_missingSince.TryGetValue(incarnation, out var since))
        {
            _missingSince.Add(incarnation, time.GetTimestamp());
            return false;
        }

        return time.GetElapsedTime(since) > DeadAfter;
    }

    /// <summary>Drops what is remembered of incarnations that are no longer asked for.</summary>
    public void KeepOnly(IReadOnlyCollection<string> incarnations)
    {
        foreach (var incarnation in _missingSince.Keys)
        {
            if (!incarnations.Contains(incarnation))
            {
                _missingSince.Remove(incarnation);
            }
        }
    }
}
