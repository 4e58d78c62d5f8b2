using LLMeterProxy.Storage.Ledger.Sql;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>A prepared statement that adds sums to the row of a key, or makes it.</summary>
internal sealed class UpsertCommand : IDisposable
{
    private readonly SqliteCommand _command;

    public UpsertCommand(SqliteConnection connection, string table, IReadOnlyList<string> key, IReadOnlyList<string> sums)
    {
        var columns = key.Concat(sums).ToList();
        _command = (SqliteCommand)connection.Command(
            $"""
            INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(c => "@" + c))})
            ON CONFLICT DO UPDATE SET {string.Join(", ", sums.Select(c => $"{c} = {c} + excluded.{c}"))}
            """);
        foreach (var column in columns)
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = "@" + column });
        }

        _command.Prepare();
    }

    /// <summary>Binds by the order of key and sums.</summary>
    public object this[int column]
    {
        set => _command.Parameters[column].Value = value;
    }

    public void Execute() => _command.ExecuteNonQuery();

    public void Dispose() => _command.Dispose();
}
