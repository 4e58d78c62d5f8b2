using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>Reads what counters are set to: the ledger's sums, and for each slot up to where they contain every stream that reaches it.</summary>
/// <param name="connection">All queries must see the same commit.</param>
/// <param name="notEndedBefore">Counters of windows that ended before are left out, as far as that is known. UTC.</param>
internal sealed class FigureReader(DbConnection connection, DateTimeOffset notEndedBefore)
{
    private readonly Dictionary<string, List<(BudgetWindowKey Key, NanoUsd Spent)>> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string Stream, string Incarnation, long Sequence)>> _streams = new(StringComparer.Ordinal);

    /// <param name="shared">Slots that calls of any tenant may settle on: the global one, and those of the owners of on-behalf keys.</param>
    /// <param name="only">One slot; null for all.</param>
    public Dictionary<string, SlotSnapshot> Read(IReadOnlySet<string> shared, string? only)
    {
        foreach (var (key, spent) in BudgetSpendRows.ReadLive(connection, notEndedBefore))
        {
            if (only is null || string.Equals(key.Slot, only))
            {
                ListOf(_counters, key.Slot).Add((key, spent));
            }
        }

        var ofOne = only is null || shared.Contains(only) ? null : only;
        ReadHeads(ofOne);
        ReadLedgerStreams(ofOne);
        List<(string Stream, string Incarnation, long Sequence)> all = [.. _streams.Values.SelectMany(s => s)];
        var fenced = ReadFenced();
        IEnumerable<string> slots = only is null ? _counters.Keys.Union(_streams.Keys).Union(shared) : [only];
        return slots.ToDictionary(
            slot => slot,
            slot => new SlotSnapshot(
                slot, _counters.GetValueOrDefault(slot, []), shared.Contains(slot) ? all : _streams.GetValueOrDefault(slot, []), fenced),
            StringComparer.Ordinal);
    }

    // The head of a chain is the last settlement of its stream that the sums contain. Closed incarnations send nothing any more.
    private void ReadHeads(string? tenant)
    {
        using var command = connection.Command(
            $"""
            SELECT h.tenant, h.incarnation, h.seq FROM chain_heads h JOIN incarnations i ON i.incarnation = h.incarnation
            WHERE i.closed_at IS NULL{(tenant is null ? "" : " AND h.tenant = @tenant")}
            """,
            tenant is null ? [] : [("@tenant", tenant)]);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ListOf(_streams, reader.GetString(0)).Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        }
    }

    // What was declared dead stays so in counters that were set anew.
    private List<string> ReadFenced()
    {
        using var command = connection.Command("SELECT incarnation FROM incarnations WHERE expired_at IS NOT NULL AND closed_at IS NULL");
        using var reader = command.ExecuteReader();
        var fenced = new List<string>();
        while (reader.Read())
        {
            fenced.Add(reader.GetString(0));
        }

        return fenced;
    }

    private void ReadLedgerStreams(string? stream)
    {
        using var command = connection.Command(
            $"SELECT stream, max(seq) FROM ledger_settlements{(stream is null ? "" : " WHERE stream = @stream")} GROUP BY stream",
            stream is null ? [] : [("@stream", stream)]);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ListOf(_streams, reader.GetString(0)).Add((reader.GetString(0), LedgerStream.Incarnation, reader.GetInt64(1)));
        }
    }

    private static List<T> ListOf<T>(Dictionary<string, List<T>> lists, string key)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = []);
        }

        return list;
    }
}
