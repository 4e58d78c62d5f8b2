namespace LLMeterProxy.Features;

/// <summary>How the counters of caps come up before the node listens and end after its last call, wherever they are.</summary>
internal interface IBudgetLifetime
{
    /// <summary>Why this node should get no calls on account of its counters; null where it may.</summary>
    string? NotReadyBecause { get; }

    /// <summary>Before anything is recovered: what must not be where another node works.</summary>
    Task ClaimAsync(CancellationToken cancellationToken);

    /// <summary>After the recovery: the ledger has everything that this node ever recorded.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <returns>False where the counters do not have everything; the next start brings it.</returns>
    Task<bool> StopAsync(CancellationToken cancellationToken);
}
