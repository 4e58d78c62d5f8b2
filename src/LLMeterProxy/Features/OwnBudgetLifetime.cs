using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Postgres;

namespace LLMeterProxy.Features;

/// <summary>Sets the counters from the ledger at the start, and keeps them small.</summary>
internal sealed class OwnBudgetLifetime(
    ILedgerStore ledger,
    InProcessBudgetStore budgets,
    LedgerStreams streams,
    IServiceProvider services,
    IHostApplicationLifetime host,
    TimeProvider time) : IBudgetLifetime, IDisposable
{
    private static readonly TimeSpan _trimInterval = TimeSpan.FromHours(1);

    private readonly SingleNodeLock? _lock = services.GetService<SingleNodeLock>();
    private ITimer? _trim;

    public string? NotReadyBecause => _lock is { IsHeld: false } ? "not_alone" : null;

    public async Task ClaimAsync(CancellationToken cancellationToken)
    {
        if (_lock is not null)
        {
            // Another node has counted meanwhile: what this one has in memory is worth nothing.
            _lock.Usurped += host.StopApplication;
            await _lock.TakeAsync(cancellationToken);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The counters are set, never added to: the ledger has everything that this node ever recorded by now (I14).
        foreach (var (key, spent) in ledger.ReadBudgetSpend(time.GetUtcNow() - TimeSpan.FromDays(2)))
        {
            budgets.Load(key, spent);
        }

        await streams.AssumeAppliedAsync(ledger.ReadLedgerStreams(), cancellationToken);
        _trim = time.CreateTimer(_ => budgets.Trim(time.GetUtcNow()), null, _trimInterval, _trimInterval);
    }

    public Task<bool> StopAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public void Dispose() => _trim?.Dispose();
}
