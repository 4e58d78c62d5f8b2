using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using StackExchange.Redis;

namespace LLMeterProxy.Features;

/// <summary>Begins and ends this node's part in the shared counters. Redis may be away: the node starts without it.</summary>
internal sealed class SharedBudgetLifetime(
    BudgetCoordinator coordinator,
    BudgetEpoch epoch,
    IConnectionMultiplexer redis,
    MappedJournal journal,
    ILedgerStore ledger,
    ITenancySnapshotSource tenancy,
    ILogger<SharedBudgetLifetime> log) : IBudgetLifetime
{
    // Without hard caps that must be asked for, this node can serve everybody by the outage policy.
    public string? NotReadyBecause => epoch.State is { IsVerified: true, IsOpen: true } || !HasClosedHardCaps() ? null : "budgets_unverified";

    /// <exception cref="IOException">Caps would not hold on this Redis, or it counts for another ledger.</exception>
    public async Task ClaimAsync(CancellationToken cancellationToken)
    {
        // Until the settlements of earlier runs are confirmed, their segments are all that has them, and the shipper must not let them go.
        journal.KeepFrom = JournalPosition.Start;
        try
        {
            if (await RedisRequirements.FindProblemAsync(redis, ledger.LedgerId) is { } problem)
            {
                throw new IOException(problem);
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // An outage at the start is one like any other: the tenants' outage policies decide until Redis is there.
            HostLog.RedisAway(log, e.Message);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(coordinator.Start, cancellationToken);

    public Task<bool> StopAsync(CancellationToken cancellationToken) => coordinator.StopAsync(cancellationToken);

    private bool HasClosedHardCaps()
    {
        var snapshot = tenancy.Current;
        return snapshot.GlobalBudgets.Any(IsHard)
            || snapshot.Tenants.Any(t => t.OutagePolicy != OutagePolicy.Open && snapshot.BudgetsOf(t.Id).Any(IsHard));
    }

    private static bool IsHard(Budget budget) => budget.Mode == BudgetMode.Hard;
}
