using System.Data.Common;
using System.Text.Json;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Settlements that the ledger itself makes: what its sums have otherwise than the nodes' settlements say (a charge for a lost call,
/// the estimate that a true record took the place of, what was spent before a budget existed). Written in the transaction
/// that changes the sums, numbered without gaps, and committed in the order of the numbers.
/// </summary>
internal static class LedgerStream
{
    /// <summary>What stands for the incarnation in these streams.</summary>
    public const string Incarnation = "ledger";

    /// <summary>Adds a settlement inside the caller's transaction.</summary>
    /// <param name="stream">A tenant; for the counters of global budgets alone, <see cref="AppliedBudget.GlobalSlot"/>.</param>
    /// <param name="reservation">The call whose hold ends; null for none.</param>
    /// <param name="cost">Negative takes back.</param>
    public static void Append(
        DbConnection connection,
        string stream,
        RequestId? reservation,
        NanoUsd cost,
        IReadOnlyList<BudgetWindowKey> budgets,
        DateTimeOffset at)
    {
        var sequence = (long)connection.Scalar(
            """
            INSERT INTO ledger_streams (stream, seq) VALUES (@stream, 1)
            ON CONFLICT (stream) DO UPDATE SET seq = ledger_streams.seq + 1 RETURNING seq
            """,
            ("@stream", stream))!;
        connection.Execute(
            """
            INSERT INTO ledger_settlements (stream, seq, reservation_id, cost, budgets, at)
            VALUES (@stream, @seq, @reservation, @cost, @budgets, @at)
            """,
            ("@stream", stream),
            ("@seq", sequence),
            ("@reservation", reservation),
            ("@cost", cost.Value),
            ("@budgets", JsonSerializer.Serialize(budgets.Select(b => new[] { b.Slot, b.BudgetId, b.WindowId }))),
            ("@at", at.ToUnixTimeMilliseconds()));
    }

    /// <summary>The settlements of a stream after a number, in order.</summary>
    public static IReadOnlyList<Settlement> Read(DbConnection connection, string stream, long after)
    {
        using var command = connection.Command(
            "SELECT seq, reservation_id, cost, budgets, at FROM ledger_settlements WHERE stream = @stream AND seq > @after ORDER BY seq",
            ("@stream", stream), ("@after", after));
        using var reader = command.ExecuteReader();
        var settlements = new List<Settlement>();
        while (reader.Read())
        {
            var reservation = reader.IsDBNull(1) ? (RequestId?)null : reader.GetRequestId(1);
            settlements.Add(new Settlement
            {
                Tenant = stream,
                Incarnation = Incarnation,
                Sequence = reader.GetInt64(0),
                ReservationId = reservation ?? default,
                EndsHold = reservation is not null,
                Cost = new NanoUsd(reader.GetInt64(2)),
                Budgets = [.. JsonSerializer.Deserialize<string[][]>(reader.GetString(3))!.Select(k => new BudgetWindowKey(k[0], k[1], k[2]))],
                At = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
            });
        }

        return settlements;
    }

    /// <summary>Every stream with its latest number.</summary>
    public static IReadOnlyList<(string Stream, long Sequence)> ReadAll(DbConnection connection)
    {
        using var command = connection.Command("SELECT stream, seq FROM ledger_streams");
        using var reader = command.ExecuteReader();
        var streams = new List<(string Stream, long Sequence)>();
        while (reader.Read())
        {
            streams.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return streams;
    }
}
