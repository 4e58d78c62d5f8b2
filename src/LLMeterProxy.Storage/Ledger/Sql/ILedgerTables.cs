using System.Data.Common;
using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// How many rows get into the tables quickly, which each engine does in its own way. All calls are inside the transaction of a
/// batch, in which locks are taken in one order (records, streams, tag values, sums by key), so that nodes seldom meet head-on.
/// Not thread-safe.
/// </summary>
internal interface ILedgerTables : IDisposable
{
    /// <summary>Inserts those records whose id is not stored yet.</summary>
    /// <param name="records">Each id once.</param>
    /// <param name="inserted">Set for each record.</param>
    void Insert(DbConnection connection, IReadOnlyList<BatchRecord> records, Span<bool> inserted);

    /// <summary>The stored payloads of ids; an id that is not stored is not in the answer.</summary>
    IReadOnlyDictionary<RequestId, byte[]> ReadPayloads(DbConnection connection, IReadOnlyCollection<RequestId> ids);

    /// <summary>Adds sums to the rollups, the budgets and the chain heads.</summary>
    /// <param name="now">Unix milliseconds, UTC.</param>
    void Add(DbConnection connection, BatchSums sums, long now);

    /// <summary>Keeps other nodes from adding tag values of a tenant until the transaction ends.</summary>
    void LockTagValues(DbConnection connection, string tenant);
}
