using System.Data.Common;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>
/// One SQLite file (WAL, synchronous FULL: a commit survives loss of power). One connection writes, under one lock; queries use
/// read-only connections and see the last commit. One process a file: the exclusive lock of the journal's directory sees to it.
/// </summary>
internal sealed class SqliteDatabase : ILedgerDatabase, IDisposable
{
    private readonly string _readerConnectionString;
    private readonly Lock _gate = new();

    /// <summary>Opens the file and makes it if there is none.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public SqliteDatabase(SqliteLedgerOptions options)
    {
        var path = Path.GetFullPath(options.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _readerConnectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly }.ToString();
        Writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        Writer.Open();

        // Room for the pages that batches of a busy month touch, and fewer checkpoints: each writes the hot pages once more.
        Writer.Execute("PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 8000");

        // Recursive triggers: without them INSERT OR REPLACE would take a row out past the trigger that forbids it.
        Writer.Execute(
            "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = on; PRAGMA recursive_triggers = on");
    }

    /// <summary>The one connection that writes, for commands that outlive a transaction; used inside <see cref="Write{T}"/> alone.</summary>
    public SqliteConnection Writer { get; }

    public T Read<T>(Func<DbConnection, T> query)
    {
        try
        {
            using var connection = new SqliteConnection(_readerConnectionString);
            connection.Open();
            return query(connection);
        }
        catch (SqliteException exception) when (IsOutage(exception))
        {
            throw Unavailable(exception);
        }
    }

    public T ReadConsistent<T>(Func<DbConnection, T> queries) => Read(connection =>
    {
        // In WAL mode a transaction sees the commit of its first read to its end.
        connection.Execute("BEGIN");
        try
        {
            return queries(connection);
        }
        finally
        {
            connection.Execute("COMMIT");
        }
    });

    public T Write<T>(Func<DbConnection, T> change)
    {
        lock (_gate)
        {
            try
            {
                return InTransaction(Writer, change);
            }
            catch (SqliteException exception) when (IsOutage(exception))
            {
                throw Unavailable(exception);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Writer.Dispose();
        }

        using var pooled = new SqliteConnection(_readerConnectionString);
        SqliteConnection.ClearPool(pooled);
    }

    /// <summary>
    /// All of a change or nothing of it. Plain SQL and not <see cref="SqliteTransaction"/>, because the driver wants that object on
    /// every command and the prepared commands of the batch writer outlive their transactions.
    /// </summary>
    public static T InTransaction<T>(SqliteConnection connection, Func<DbConnection, T> change)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            var result = change(connection);
            connection.Execute("COMMIT");
            return result;
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

    private static bool IsOutage(SqliteException exception) => exception.SqliteErrorCode
        is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY;

    private static LedgerUnavailableException Unavailable(SqliteException exception) =>
        new("The ledger's file cannot be used for now: " + exception.Message, exception);
}
