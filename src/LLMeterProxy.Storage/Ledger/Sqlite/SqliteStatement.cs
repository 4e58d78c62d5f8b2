using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>
/// A prepared statement without the driver's parameter objects: binding and running one costs no allocation. For the few statements
/// that run once a record or once a sum. Not thread-safe.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    // Names are at most 256 characters by the inspection of requests; longer text takes the way over an array.
    private const int MaxStackText = 1_024;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <exception cref="SqliteException">The SQL is wrong.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), _database);
    }

    public void Bind(int index, long value) => raw.sqlite3_bind_int64(_statement, index, value);

    public void Bind(int index, ReadOnlySpan<byte> value) => raw.sqlite3_bind_blob(_statement, index, value);

    public void BindNull(int index) => raw.sqlite3_bind_null(_statement, index);

    public void Bind(int index, string value)
    {
        if (value.Length * 3 <= MaxStackText)
        {
            Span<byte> utf8 = stackalloc byte[MaxStackText];
            raw.sqlite3_bind_text(_statement, index, utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
        }
        else
        {
            raw.sqlite3_bind_text(_statement, index, Encoding.UTF8.GetBytes(value).AsSpan());
        }
    }

    /// <returns>The rows that were changed.</returns>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public int Execute()
    {
        var code = raw.sqlite3_step(_statement);
        try
        {
            if (code != raw.SQLITE_DONE)
            {
                SqliteException.ThrowExceptionForRC(code, _database);
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();
}
