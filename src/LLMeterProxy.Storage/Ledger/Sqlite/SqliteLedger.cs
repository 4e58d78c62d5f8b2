using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Journal;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>
/// The ledger of one node in one SQLite file (WAL, synchronous FULL: a commit survives loss of power). One connection writes,
/// under one lock; queries use read-only connections and see the last commit. Call <see cref="Migrate"/> before anything else, or use <see cref="Open"/>.
/// One process a file: the exclusive lock of the journal's directory sees to it.
/// </summary>
public sealed class SqliteLedger : IUsageLedger, IDisposable
{
    private readonly Func<ReadOnlyMemory<byte>, UsageRecord> _decode;
    private readonly TimeProvider _time;
    private readonly ILogger<SqliteLedger> _logger;
    private readonly SqliteConnection _writer;
    private readonly string _readerConnectionString;
    private readonly Lock _gate = new();
    private readonly UsageQueries _usage;
    private readonly RecordQueries _records;
    private BatchWriter? _batches;
    private string? _ledgerId;

    /// <summary>Opens the file and makes it if there is none.</summary>
    /// <param name="decode">Reads a journalled record's payload.</param>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public SqliteLedger(
        SqliteLedgerOptions options,
        Func<ReadOnlyMemory<byte>, UsageRecord> decode,
        TimeProvider time,
        ILogger<SqliteLedger> logger)
    {
        (_decode, _time, _logger) = (decode, time, logger);
        _usage = new UsageQueries(decode);
        _records = new RecordQueries(decode);
        var path = System.IO.Path.GetFullPath(options.Path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        _readerConnectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly }.ToString();
        _writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _writer.Open();

        // Recursive triggers: without them INSERT OR REPLACE would take a row out past the trigger that forbids it.
        _writer.Execute(
            "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = on; PRAGMA recursive_triggers = on");
    }

    /// <summary>What <see cref="FlushAsync"/> awaits: the shipper's flush. Null: there is no journal to flush.</summary>
    public Func<CancellationToken, Task>? FlushHook { get; set; }

    /// <summary>Names this ledger for ever: a counter store refuses to be fed by another one.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Migrate"/> was not called.</exception>
    public string LedgerId => _ledgerId ?? throw NotMigrated();

    /// <summary>Opens the file and migrates it.</summary>
    /// <inheritdoc cref="Migrate"/>
    public static SqliteLedger Open(
        SqliteLedgerOptions options, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILogger<SqliteLedger> logger)
    {
        var ledger = new SqliteLedger(options, decode, time, logger);
        try
        {
            ledger.Migrate();
            return ledger;
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>Brings the schema up to this program's.</summary>
    /// <exception cref="InvalidOperationException">The file was made by a later program, or by a script that was changed since.</exception>
    public void Migrate()
    {
        lock (_gate)
        {
            var applied = SqliteMigrator.Apply(_writer, SqliteMigrator.Embedded(), _time);
            if (applied > 0)
            {
                LedgerLog.Migrated(_logger, applied);
            }

            var fresh = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N");
            _writer.Execute("INSERT INTO settings (name, value) VALUES ('ledger_id', $id) ON CONFLICT DO NOTHING", ("$id", fresh));
            _ledgerId = (string)_writer.Scalar("SELECT value FROM settings WHERE name = 'ledger_id'")!;
            _batches ??= new BatchWriter(_writer, _decode, _time, _logger);
        }
    }

    /// <summary>Writes a batch in one transaction: the records, what they add up to, and how far the node's journal is shipped.</summary>
    /// <param name="position">The position after the batch; one before the stored position is not taken back.</param>
    public InsertResult Append(
        string nodeId, IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records, JournalPosition position) =>
        Append(nodeId, records, [], position);

    /// <summary>Where the shipping of a node's journal goes on; <see cref="JournalPosition.Start"/> for a new node.</summary>
    public JournalPosition ReadPosition(string nodeId)
    {
        using var connection = OpenReader();
        var packed = connection.Scalar("SELECT position FROM journal_position WHERE node_id = $node", ("$node", nodeId));
        return packed is long value ? JournalPosition.FromPacked(value) : JournalPosition.Start;
    }

    /// <summary>Every counter that may still be asked for by a window that had not ended at an instant; some of ended ones are among them.</summary>
    /// <param name="notEndedBefore">UTC.</param>
    public IReadOnlyList<(BudgetWindowKey Key, NanoUsd Spent)> ReadBudgetSpend(DateTimeOffset notEndedBefore) =>
        Read(connection => BudgetSpendRows.ReadLive(connection, notEndedBefore));

    /// <summary>The heads of all chains that are in the ledger.</summary>
    public IReadOnlyList<ChainHead> ReadChainHeads()
    {
        using var connection = OpenReader();
        using var command = connection.Command("SELECT tenant, incarnation, seq, hash FROM chain_heads ORDER BY tenant, incarnation");
        using var reader = command.ExecuteReader();
        var heads = new List<ChainHead>();
        while (reader.Read())
        {
            heads.Add(new ChainHead(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3)));
        }

        return heads;
    }

    /// <summary>A stored setting; null where it was never set.</summary>
    public string? ReadSetting(string name)
    {
        using var connection = OpenReader();
        return connection.Scalar("SELECT value FROM settings WHERE name = $name", ("$name", name)) as string;
    }

    public void WriteSetting(string name, string value) =>
        Write(connection => connection.Execute(
            "INSERT INTO settings (name, value) VALUES ($name, $value) ON CONFLICT DO UPDATE SET value = excluded.value",
            ("$name", name), ("$value", value)));

    /// <inheritdoc/>
    public Task<Page<UsageRow>> QueryUsageAsync(UsageQuery query, CancellationToken cancellationToken) =>
        ReadAsync(connection => _usage.Query(connection, query), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<UsageRecord>> ReadRecordsAsync(RecordQuery query, CancellationToken cancellationToken) =>
        ReadAsync(connection => _records.Read(connection, query), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UsageRecord>> FindAsync(RequestId requestId, CancellationToken cancellationToken) =>
        ReadAsync(connection => _records.Find(connection, requestId), cancellationToken);

    /// <inheritdoc/>
    public Task<NanoUsd> ReadBudgetSpendAsync(BudgetWindowKey key, CancellationToken cancellationToken) =>
        ReadAsync(connection => BudgetSpendRows.Read(connection, key), cancellationToken);

    /// <inheritdoc/>
    public Task<double?> ReadMeanOutputTokensAsync(string tenant, string model, CancellationToken cancellationToken)
    {
        var since = RollupBucket.Of(_time.GetUtcNow() - TimeSpan.FromDays(31));
        return ReadAsync(
            connection =>
            {
                // Only what providers reported: a mean that contained our estimates would confirm them.
                using var command = connection.Command(
                    """
                    SELECT COALESCE(SUM(output), 0), COALESCE(SUM(requests), 0) FROM rollups
                    WHERE tenant = $tenant AND bucket >= $since AND model = $model AND channel = 'proxy' AND source = 'reported'
                    """,
                    ("$tenant", tenant), ("$since", since), ("$model", model));
                using var reader = command.ExecuteReader();
                reader.Read();
                var requests = reader.GetInt64(1);
                return requests == 0 ? (double?)null : reader.GetInt64(0) / (double)requests;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => FlushHook?.Invoke(cancellationToken) ?? Task.CompletedTask;

    public void Dispose()
    {
        lock (_gate)
        {
            _batches?.Dispose();
            _writer.Dispose();
        }

        using var pooled = new SqliteConnection(_readerConnectionString);
        SqliteConnection.ClearPool(pooled);
    }

    internal InsertResult Append(
        string nodeId,
        IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records,
        IReadOnlyList<UnreadableEntry> unreadable,
        JournalPosition position)
    {
        lock (_gate)
        {
            return (_batches ?? throw NotMigrated()).Write(nodeId, records, unreadable, position);
        }
    }

    /// <summary>Runs a change in a transaction of the one writing connection.</summary>
    internal T Write<T>(Func<SqliteConnection, T> change)
    {
        lock (_gate)
        {
            T result = default!;
            SqliteWrites.InTransaction(_writer, () => result = change(_writer));
            return result;
        }
    }

    /// <summary>Runs a query on a read-only connection.</summary>
    internal T Read<T>(Func<SqliteConnection, T> query)
    {
        using var connection = OpenReader();
        return query(connection);
    }

    /// <summary>The records of a time, for sums that no rollup has; slow.</summary>
    internal IEnumerable<UsageRecord> StreamRecords(SqliteConnection connection, string? tenant, DateTimeOffset from, DateTimeOffset to) =>
        RecordQueries.Stream(connection, _decode, tenant, from, to);

    private static InvalidOperationException NotMigrated() => new("Call Migrate before using the ledger.");

    // The driver has no asynchronous I/O: its Async methods block. Queries run on the pool, off the caller's thread.
    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> query, CancellationToken cancellationToken) =>
        Task.Run(() => Read(query), cancellationToken);

    private SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(_readerConnectionString);
        connection.Open();
        return connection;
    }
}
