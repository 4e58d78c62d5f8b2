using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>A hold of this node, from its grant until its end is applied everywhere.</summary>
internal sealed class HoldInFlight(Reservation call, string[] foreign)
{
    private int _attempt = call.Attempt;
    private int _stage;

    private enum Stage
    {
        Live,
        Settling,
        Releasing,
    }

    public Reservation Call { get; } = call;

    /// <summary>The slots beside the tenant's own.</summary>
    public string[] Foreign { get; } = foreign;

    /// <summary>The attempt in flight, 1 and up.</summary>
    public int Attempt => Volatile.Read(ref _attempt);

    /// <summary>Nothing has ended it yet.</summary>
    public bool IsLive => Volatile.Read(ref _stage) == (int)Stage.Live;

    /// <summary>Its release is on the way.</summary>
    public bool IsReleasing => Volatile.Read(ref _stage) == (int)Stage.Releasing;

    /// <summary>Its last settlement is on the way.</summary>
    public void Settling() => Interlocked.CompareExchange(ref _stage, (int)Stage.Settling, (int)Stage.Live);

    /// <returns>True for the first who ends it.</returns>
    public bool Releasing() => Interlocked.CompareExchange(ref _stage, (int)Stage.Releasing, (int)Stage.Live) == (int)Stage.Live;

    /// <summary>An attempt was settled and the hold stays for the next.</summary>
    public void Settled(int attempt)
    {
        if (attempt >= Attempt)
        {
            Volatile.Write(ref _attempt, attempt + 1); // Settlements of one call come one after the other.
        }
    }
}
