using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>
/// Short forms over the driver. Transactions are plain SQL and not <see cref="SqliteTransaction"/>, because the driver wants that
/// object on every command and the prepared commands of the batch writer outlive their transactions.
/// </summary>
internal static class SqliteWrites
{
    public static SqliteCommand Command(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    /// <returns>The rows that were changed.</returns>
    public static int Execute(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <returns>The first column of the first row; null without a row or where it is null.</returns>
    public static object? Scalar(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        var value = command.ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>All of <paramref name="work"/> or nothing of it.</summary>
    public static void InTransaction(SqliteConnection connection, Action work)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            connection.Execute("COMMIT");
        }
        catch
        {
            // SQLite rolls back by itself after some failures (a full disk); a second rollback would hide the first error.
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                connection.Execute("ROLLBACK");
            }

            throw;
        }
    }
}
