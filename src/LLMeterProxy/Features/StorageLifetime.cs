using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Options;
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
    TenancyStore tenancy,
    IUsageJournal journal,
    IBudgetLifetime budgets,
    NodeState node,
    HostSettings settings,
    SecretsInUse secrets,
    ILogger<StorageLifetime> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        secrets.Verify(ledger);
        await budgets.ClaimAsync(cancellationToken);
        shipper.Start();
        await recovery.RunAsync(cancellationToken);
        await tenancy.OpenPendingBudgetsAsync(cancellationToken);
        await budgets.StartAsync(cancellationToken);
        node.Recovered();
        HostLog.StorageReady(log, journal.Incarnation);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.ShippingTimeout);

        // What the counters have last comes from the ledger, so it gets everything first.
        var isCounted = await budgets.StopAsync(limit.Token);
        node.IsShipped = await shipper.StopAsync(limit.Token) && isCounted;
        if (node.IsShipped)
        {
            HostLog.StorageStopped(log);
        }
        else
        {
            HostLog.RecordsLeft(log, settings.ShippingTimeout, settings.DataDirectory);
        }
    }
}
