using LLMeterProxy.AdminApi;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Features;

/// <summary>Whether this node takes metered calls: recovered, journal writable, counters verified, not draining.</summary>
internal sealed class NodeState(IServiceProvider services) : IReadiness
{
    private volatile bool _recovered;
    private volatile bool _draining;

    /// <summary>False where the node has stopped and the ledger does not have everything that it journalled.</summary>
    public bool IsShipped { get; set; } = true;

    public void Recovered() => _recovered = true;

    public void Draining() => _draining = true;

    public ValueTask<Readiness> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(
        _draining ? Readiness.Not("draining")
        : !_recovered ? Readiness.Not("recovering")
        : !services.GetRequiredService<MappedJournal>().AcceptsIntents ? Readiness.Not("journal_unavailable")
        : services.GetRequiredService<IBudgetLifetime>().NotReadyBecause is { } reason ? Readiness.Not(reason)
        : Readiness.Ok);
}
