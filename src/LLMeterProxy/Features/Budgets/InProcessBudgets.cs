using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Postgres;

namespace LLMeterProxy.Features.Budgets;

/// <summary>Counters in this process: set from the ledger at the start, and on PostgreSQL kept to one node by a lock.</summary>
/// <param name="nodeLock">Null where the lock of the data directory keeps other nodes off the ledger already.</param>
internal sealed class InProcessBudgets(
    InProcessBudgetStore store,
    ILedgerStore ledger,
    LedgerStreams streams,
    NodeExit exit,
    TimeProvider time,
    SingleNodeLock? nodeLock = null) : IBudgetsLifetime, IDisposable
{
    private static readonly TimeSpan _upkeep = TimeSpan.FromHours(1);

    private ITimer? _timer;

    public string? NotReady => nodeLock is { IsHeld: false } ? "ledger_lock_lost" : null;

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (nodeLock is not null)
        {
            nodeLock.Usurped += () => exit.Stop(Cli.ExitCodes.BadConfiguration);
            await nodeLock.TakeAsync(cancellationToken);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The counters are set, never added to: the ledger has everything that this node ever recorded by now (I14).
        foreach (var (key, spent) in await Task.Run(() => ledger.ReadBudgetSpend(time.GetUtcNow() - TimeSpan.FromDays(2)), cancellationToken))
        {
            store.Load(key, spent);
        }

        await streams.AssumeAppliedAsync(await Task.Run(ledger.ReadLedgerStreams, cancellationToken), cancellationToken);
        _timer = time.CreateTimer(_ => store.Trim(time.GetUtcNow()), null, _upkeep, _upkeep);
    }

    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        if (nodeLock is not null)
        {
            await nodeLock.DisposeAsync();
        }

        return true;
    }

    public void Dispose() => _timer?.Dispose();
}
