using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>
/// Gives a new budget what its scope has spent in the running window (A63): in the ledger's counter, and by the ledger's own stream
/// of settlements in the enforcing one. That an opening is due is stored with the budget, so that a death in between only delays it.
/// </summary>
/// <param name="flush">Returns when all that this node journalled before is in the ledger.</param>
/// <param name="settled">Sends the ledger's own settlements to the counters.</param>
internal sealed class BudgetOpenings(
    SqlLedger ledger, Func<CancellationToken, Task> flush, Func<CancellationToken, Task> settled, TimeProvider time, string globalTimeZone)
{
    private readonly OpeningSum _sum = new(ledger);
    private readonly IReadOnlyList<TimeZoneChange> _globalZones = TimeZoneSchedule.Always(globalTimeZone);

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

        if (await Task.Run(() => Open(budget), cancellationToken))
        {
            await settled(cancellationToken);
        }
    }

    /// <returns>True where the ledger has settled something by itself.</returns>
    private bool Open(Budget budget)
    {
        // Summed in a transaction of its own, which keeps no writer waiting: what comes in later brings its spend itself, so that
        // what is missing of this commit stays missing until it is added, once.
        var missing = ledger.Database.ReadConsistent(connection => Missing(connection, budget));
        return ledger.Database.Write(connection => Write(connection, budget, missing));
    }

    /// <summary>What the counter of the running window lacks.</summary>
    private (BudgetWindowKey Key, NanoUsd Sum) Missing(DbConnection connection, Budget budget)
    {
        var window = WindowOf(connection, budget);
        var key = new BudgetWindowKey(budget.TenantId ?? AppliedBudget.GlobalSlot, budget.Id, window.Id);
        return budget.Window == BudgetWindow.Total
            ? (key, NanoUsd.Zero)
            : (key, NanoUsd.Max(_sum.Of(connection, budget, window) - BudgetSpendRows.Read(connection, key), NanoUsd.Zero));
    }

    /// <returns>True where the stream got a settlement.</returns>
    private bool Write(DbConnection connection, Budget budget, (BudgetWindowKey Key, NanoUsd Sum) missing)
    {
        TenancyRows.Lock(connection);
        if (TenancyRows.OpeningWindow(connection, budget) is not { } awaited)
        {
            return false;
        }

        TenancyRows.MarkOpened(connection, budget);
        var (key, sum) = missing;
        if (!string.Equals(key.WindowId, awaited) || sum == NanoUsd.Zero)
        {
            // Where the awaited window is over, every call of the one that runs now has brought its spend itself.
            return false;
        }

        // The stream before the counter, as the writer of records takes them.
        var now = time.GetUtcNow();
        LedgerStream.Append(connection, key.Slot, reservation: null, sum, [key], now);
        BudgetSpendRows.Add(connection, key, sum.Value, now);
        return true;
    }
}
