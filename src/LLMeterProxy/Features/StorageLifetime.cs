using LLMeterProxy.Cli;
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
    NodeExit exit,
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

        var isShipped = await shipper.StopAsync(limit.Token);
        if (!isShipped)
        {
            HostLog.RecordsLeft(log, settings.ShippingTimeout, settings.DataDirectory);
        }

        // What the counters get last comes from the ledger, so that it had everything first.
        var isCounted = await budgets.StopAsync(limit.Token);
        if (isShipped && !isCounted)
        {
            HostLog.CountersLeft(log);
        }

        if (isShipped && isCounted)
        {
            HostLog.StorageStopped(log);
        }
        else
        {
            exit.With(ExitCodes.LedgerUnavailable);
        }
    }
}
