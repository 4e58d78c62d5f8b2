using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Tenancy;

namespace LLMeterProxy.Features;

/// <summary>
/// Brings the stores up before the server listens (ship the tail, charge what died under way, set the counters from the
/// ledger), and ships the rest after the last call has ended.
/// </summary>
internal sealed class StorageLifetime(
    ILedgerStore ledger,
    LedgerShipper shipper,
    JournalRecovery recovery,
    SqliteTenancyStore tenancy,
    IUsageJournal journal,
    InProcessBudgetStore budgets,
    NodeState node,
    SecretsInUse secrets,
    TimeProvider time,
    ILogger<StorageLifetime> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan _trimInterval = TimeSpan.FromHours(1);

    private ITimer? _trim;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        secrets.Verify(ledger);
        shipper.Start();
        await recovery.RunAsync(cancellationToken);
        await tenancy.OpenPendingBudgetsAsync(cancellationToken);

        // The counters are set, never added to: the ledger has everything that this node ever recorded by now (I14).
        foreach (var (key, spent) in ledger.ReadBudgetSpend(time.GetUtcNow() - TimeSpan.FromDays(2)))
        {
            budgets.Load(key, spent);
        }

        _trim = time.CreateTimer(_ => budgets.Trim(time.GetUtcNow()), null, _trimInterval, _trimInterval);
        node.Recovered();
        HostLog.StorageReady(log, journal.Incarnation);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await shipper.StopAsync(cancellationToken);
        HostLog.StorageStopped(log);
    }

    public void Dispose() => _trim?.Dispose();
}
