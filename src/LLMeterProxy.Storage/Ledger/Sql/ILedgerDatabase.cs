using System.Data.Common;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// The database under a ledger, whichever engine it is: what reports, tenancy and the coordination of nodes need of it.
/// SQL is written once, with <c>@name</c> parameters; where the engines differ it is per engine.
/// <para>Calls block: the SQLite driver knows nothing else. Call from the thread pool, never from a request's own way.</para>
/// </summary>
public interface ILedgerDatabase
{
    /// <summary>Runs queries; each sees the last commit before it.</summary>
    /// <exception cref="LLMeterProxy.Core.Ledger.LedgerUnavailableException">The database cannot be reached or cannot answer.</exception>
    T Read<T>(Func<DbConnection, T> query);

    /// <summary>Runs queries that all see the same commit.</summary>
    /// <exception cref="LLMeterProxy.Core.Ledger.LedgerUnavailableException">The database cannot be reached or cannot answer.</exception>
    T ReadConsistent<T>(Func<DbConnection, T> queries);

    /// <summary>
    /// Runs a change in a transaction: all of it or nothing. Where nodes came into each other's way it is run again, so it must
    /// have no effect but on the connection.
    /// </summary>
    /// <exception cref="LLMeterProxy.Core.Ledger.LedgerUnavailableException">
    /// The database cannot be reached or written. Whether the change is in it is then unknown where the commit itself failed.
    /// </exception>
    T Write<T>(Func<DbConnection, T> change);

    /// <summary><see cref="Read{T}"/> on the thread pool.</summary>
    Task<T> ReadAsync<T>(Func<DbConnection, T> query, CancellationToken cancellationToken) => Task.Run(() => Read(query), cancellationToken);

    /// <summary><see cref="Write{T}"/> on the thread pool; cancelled only before it begins.</summary>
    Task<T> WriteAsync<T>(Func<DbConnection, T> change, CancellationToken cancellationToken) => Task.Run(() => Write(change), cancellationToken);
}
