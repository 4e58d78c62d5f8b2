using LLMeterProxy.Storage.Ledger.Sql;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>A prepared statement that adds sums to the row of a key, or makes it.</summary>
internal sealed class SqliteUpsert(SqliteConnection connection, string table, RollupColumns columns) : IDisposable
{
    private readonly SqliteStatement _statement = new(
        connection, columns.Upsert(table, $"VALUES ({string.Join(", ", columns.All.Select((_, i) => $"?{i + 1}"))})"));

    /// <summary>Binds by the order of the columns.</summary>
    public void Add(UsageSums sums, ReadOnlySpan<string> texts, ReadOnlySpan<long> numbers)
    {
        var at = 1;
        foreach (var text in texts)
        {
            _statement.Bind(at++, text);
        }

        foreach (var number in numbers)
        {
            _statement.Bind(at++, number);
        }

        for (var i = 0; i < UsageSums.Columns.Count; i++)
        {
            _statement.Bind(at++, sums[i]);
        }

        _statement.Execute();
    }

    public void Dispose() => _statement.Dispose();
}
