using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>What the ledger has spent on each counter.</summary>
internal static class BudgetSpendRows
{
    /// <param name="nanoUsd">Negative for a correction.</param>
    public static void Add(DbConnection connection, BudgetWindowKey key, long nanoUsd, DateTimeOffset now) => connection.Execute(
        """
        INSERT INTO budget_spend (slot, budget_id, window_id, spent, updated_at) VALUES (@slot, @budget, @window, @spent, @at)
        ON CONFLICT (slot, budget_id, window_id) DO UPDATE SET spent = budget_spend.spent + excluded.spent, updated_at = excluded.updated_at
        """,
        ("@slot", key.Slot), ("@budget", key.BudgetId), ("@window", key.WindowId), ("@spent", nanoUsd), ("@at", now.ToUnixTimeMilliseconds()));

    /// <returns>0 for an unknown counter.</returns>
    public static NanoUsd Read(DbConnection connection, BudgetWindowKey key) => NotNegative(
        connection.Scalar(
            "SELECT spent FROM budget_spend WHERE slot = @slot AND budget_id = @budget AND window_id = @window",
            ("@slot", key.Slot), ("@budget", key.BudgetId), ("@window", key.WindowId)) as long? ?? 0);

    /// <summary>Every counter that may still be asked for by a window that had not ended at an instant; some of ended ones are among them.</summary>
    public static IReadOnlyList<(BudgetWindowKey Key, NanoUsd Spent)> ReadLive(DbConnection connection, DateTimeOffset notEndedBefore)
    {
        // No window is longer than a month joined with half of another; what was not written since its start is over.
        var longestWindow = TimeSpan.FromDays(50);
        using var command = connection.Command(
            "SELECT slot, budget_id, window_id, spent FROM budget_spend WHERE updated_at >= @since OR window_id = 'total'",
            ("@since", (notEndedBefore - longestWindow).ToUnixTimeMilliseconds()));
        using var reader = command.ExecuteReader();
        var spend = new List<(BudgetWindowKey Key, NanoUsd Spent)>();
        while (reader.Read())
        {
            spend.Add((new BudgetWindowKey(reader.GetString(0), reader.GetString(1), reader.GetString(2)), NotNegative(reader.GetInt64(3))));
        }

        return spend;
    }

    // Corrections of an earlier window's records may come alone; counters know no negative spend.
    private static NanoUsd NotNegative(long spent) => new(Math.Max(0, spent));
}
