using System.Data.Common;
using LLMeterProxy.Core.Ids;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Short forms over ADO.NET for both engines. Parameters are <c>@name</c>; values are <see cref="long"/>, <see cref="string"/>,
/// byte arrays, <see cref="RequestId"/> or null.
/// </summary>
internal static class SqlCommands
{
    public static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Stored(connection, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <returns>The rows that were changed.</returns>
    public static int Execute(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <returns>The first column of the first row; null without a row or where it is null.</returns>
    public static object? Scalar(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        var value = command.ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>An id in a column of the engine's own type.</summary>
    public static RequestId GetRequestId(this DbDataReader reader, int column) => reader.GetValue(column) switch
    {
        Guid uuid => new RequestId(uuid),
        byte[] blob => LedgerIds.FromBlob(blob),
        var other => throw new InvalidCastException($"A {other.GetType().Name} is no id."),
    };

    // Ids are 16 bytes whose order is that of time: a blob in SQLite, a uuid in PostgreSQL.
    private static object Stored(DbConnection connection, object? value) => value switch
    {
        null => DBNull.Value,
        RequestId id when connection is SqliteConnection => LedgerIds.ToBlob(id),
        RequestId id => id.Value,
        _ => value,
    };
}
