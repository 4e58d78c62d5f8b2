using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Ledger;
using StackExchange.Redis;

namespace LLMeterProxy.Features.Budgets;

/// <summary>Counters on Redis: the coordinator of this node runs around the store, from before recovery to after the last record.</summary>
internal sealed class RedisBudgets(
    BudgetCoordinator coordinator,
    BudgetEpoch epoch,
    IConnectionMultiplexer redis,
    ILedgerStore ledger,
    ITenancySnapshotSource tenancy,
    ILogger<RedisBudgets> log) : IBudgetsLifetime
{
    public string? NotReady => epoch.State.IsVerified || !HasClosedHardCap(tenancy.Current) ? null : "budgets_unverified";

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
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

        coordinator.Start();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> StopAsync(CancellationToken cancellationToken) => coordinator.StopAsync(cancellationToken);

    // Whoever has no cap, or may go on without one being checked, is served in an outage too.
    private static bool HasClosedHardCap(TenancySnapshot snapshot)
    {
        if (snapshot.GlobalBudgets.Any(b => b.Mode == BudgetMode.Hard))
        {
            return true;
        }

        return snapshot.Tenants.Any(t => t.OutagePolicy != OutagePolicy.Open && snapshot.BudgetsOf(t.Id).Any(b => b.Mode == BudgetMode.Hard));
    }
}
