using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using LLMeterProxy.Storage.Ledger.Sql;
using Npgsql;

namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>
/// One PostgreSQL database that many nodes use. Each call takes a connection from the pool. Changes run at READ COMMITTED; what must
/// not interleave is kept apart by row locks in one order, and where nodes meet head-on all the same, the change is run again.
/// </summary>
internal sealed class PostgresDatabase : ILedgerDatabase, IDisposable
{
    private const int MaxTries = 8;

    private readonly NpgsqlDataSource _source;

    /// <exception cref="ArgumentException">The connection string is none.</exception>
    public PostgresDatabase(PostgresLedgerOptions options)
    {
        var stated = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        Default("Timeout", s => s.Timeout = 5);
        Default("Max Auto Prepare", s => s.MaxAutoPrepare = 50);
        Default("Auto Prepare Min Usages", s => s.AutoPrepareMinUsages = 2);
        Default("Keepalive", s => s.KeepAlive = 30);
        Default("Application Name", s => s.ApplicationName = "llmeter");
        _source = NpgsqlDataSource.Create(settings);

        void Default(string key, Action<NpgsqlConnectionStringBuilder> set)
        {
            if (!stated.ShouldSerialize(key))
            {
                set(settings);
            }
        }
    }

    public T Read<T>(Func<DbConnection, T> query)
    {
        try
        {
            using var connection = _source.OpenConnection();
            return query(connection);
        }
        catch (Exception exception) when (PostgresFailure.IsOutage(exception))
        {
            throw PostgresFailure.Unavailable(exception);
        }
    }

    public T ReadConsistent<T>(Func<DbConnection, T> queries) => Read(connection =>
    {
        using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        var result = queries(connection);
        transaction.Commit();
        return result;
    });

    public T Write<T>(Func<DbConnection, T> change)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return WriteOnce(change);
            }
            catch (PostgresException exception) when (PostgresFailure.IsCollision(exception) && attempt < MaxTries)
            {
                // At different times, so that those who met do not meet again.
                using var never = new ManualResetEventSlim();
                never.Wait(RandomNumberGenerator.GetInt32(1, 5 << attempt));
            }
            catch (Exception exception) when (PostgresFailure.IsOutage(exception) || PostgresFailure.IsCollision(exception))
            {
                throw PostgresFailure.Unavailable(exception);
            }
        }
    }

    public void Dispose() => _source.Dispose();

    private T WriteOnce<T>(Func<DbConnection, T> change)
    {
        using var connection = _source.OpenConnection();

        // Disposing rolls back what was not committed.
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        var result = change(connection);
        transaction.Commit();
        return result;
    }
}
