using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>
/// Gives a new budget what its scope has spent in the running window (A63), in the ledger's counter and in the enforcing one.
/// That an opening is due is stored with the budget, so that a death in between only delays it.
/// </summary>
internal sealed class BudgetOpenings(
    SqlLedger ledger, IBudgetStore budgets, Func<CancellationToken, Task> flush, TimeProvider time, string globalTimeZone)
{
    private readonly OpeningSum _sum = new(ledger);
    private readonly IReadOnlyList<TimeZoneChange> _globalZones = TimeZoneSchedule.Always(globalTimeZone);
    private long _sequence;

    /// <summary>The window of a budget now.</summary>
    public WindowBounds WindowOf(DbConnection connection, Budget budget)
    {
        var zones = budget.TenantId is { } owner && TenancyRows.FindTenant(connection, owner) is { } tenant
            ? TimeZoneSchedule.VersionsOf(tenant)
            : _globalZones;
        return WindowSchedule.At(time.GetUtcNow(), budget.Window, budget.Anchor, zones);
    }

    /// <summary>After the budget's commit: calls that were reserved since then bring their spend themselves. Once; again it changes nothing.</summary>
    public async Task OpenAsync(Budget budget, CancellationToken cancellationToken)
    {
        // A total starts at its creation, with nothing.
        if (budget.Window != BudgetWindow.Total)
        {
            await flush(cancellationToken);
        }

        await Task.Run(
            () =>
            {
                var opening = ledger.Database.Write(connection => Write(connection, budget));
                if (opening is var (key, before))
                {
                    budgets.Settle(Opening(key, before));
                }
            },
            cancellationToken);
    }

    private Settlement Opening(BudgetWindowKey key, NanoUsd before) => new()
    {
        Tenant = key.Slot,
        Incarnation = Settlement.LedgerIncarnation,
        Sequence = Interlocked.Increment(ref _sequence),
        ReservationId = default,
        Cost = before,
        Budgets = [key],
        At = time.GetUtcNow(),
    };

    private (BudgetWindowKey Key, NanoUsd Before)? Write(DbConnection connection, Budget budget)
    {
        if (TenancyRows.OpeningWindow(connection, budget) is not { } awaited)
        {
            return null;
        }

        TenancyRows.MarkOpened(connection, budget);
        var window = WindowOf(connection, budget);
        if (!string.Equals(window.Id, awaited))
        {
            // The window is over, and every call of the one that runs now has brought its spend itself.
            return null;
        }

        var key = new BudgetWindowKey(budget.TenantId ?? AppliedBudget.GlobalSlot, budget.Id, window.Id);
        if (budget.Window == BudgetWindow.Total)
        {
            return (key, NanoUsd.Zero);
        }

        var counted = BudgetSpendRows.Read(connection, key);
        var before = NanoUsd.Max(_sum.Of(connection, budget, window) - counted, NanoUsd.Zero);
        BudgetSpendRows.Add(connection, key, before.Value, time.GetUtcNow());
        return (key, before);
    }
}
