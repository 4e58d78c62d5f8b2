namespace LLMeterProxy.Features.Budgets;

/// <summary>What the counters need around a node's life, wherever they are kept.</summary>
internal interface IBudgetsLifetime
{
    /// <summary>Before anything is shipped or recovered: is this node one that may work on this ledger with these counters?</summary>
    /// <exception cref="IOException">It is not; the message says why and what to do.</exception>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>After the ledger has everything that this node ever recorded.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>After the last call has ended and the ledger has everything, if it could.</summary>
    /// <returns>False where the counters lack something, which the next start of this node brings.</returns>
    Task<bool> StopAsync(CancellationToken cancellationToken);

    /// <summary>Why no call may come to this node, in the words of <c>/readyz</c>; null where it may.</summary>
    string? NotReady { get; }
}
