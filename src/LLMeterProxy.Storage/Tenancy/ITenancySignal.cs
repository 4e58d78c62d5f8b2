namespace LLMeterProxy.Storage.Tenancy;

/// <summary>
/// Tells other replicas at once that tenancy has changed, so that they need not wait for their next look. It may lose what it
/// is told: every replica looks by itself twice a second.
/// </summary>
public interface ITenancySignal
{
    /// <summary>Never blocks and never throws.</summary>
    /// <param name="revision">The newest revision that this replica has committed.</param>
    void Send(long revision);

    /// <summary>A replica, this one perhaps, has committed a revision.</summary>
    event Action<long> Received;
}
