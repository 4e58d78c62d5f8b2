using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.Redis;

namespace LLMeterProxy.Features;

/// <summary>Begins and ends this node's part in the shared counters. Redis may be away: the node starts without it.</summary>
internal sealed class SharedBudgetLifetime(BudgetCoordinator coordinator, BudgetEpoch epoch, ITenancySnapshotSource tenancy) : IBudgetLifetime
{
    // Without hard caps this node can serve everybody by the outage policy.
    public string? NotReadyBecause => epoch.State is { IsVerified: true, IsOpen: true } || !HasHardCaps() ? null : "budgets_unverified";

    public Task ClaimAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(coordinator.Start, cancellationToken);

    public Task<bool> StopAsync(CancellationToken cancellationToken) => coordinator.StopAsync(cancellationToken);

    private bool HasHardCaps()
    {
        var snapshot = tenancy.Current;
        return snapshot.GlobalBudgets.Any(IsHard) || snapshot.Tenants.Any(t => snapshot.BudgetsOf(t.Id).Any(IsHard));
    }

    private static bool IsHard(Budget budget) => budget.Mode == BudgetMode.Hard;
}
