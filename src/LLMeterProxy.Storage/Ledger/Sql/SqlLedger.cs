using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>The ledger on a database of either engine: everything but how a batch gets into its tables.</summary>
public abstract class SqlLedger : ILedgerStore, IDisposable
{
    private readonly Func<ReadOnlyMemory<byte>, UsageRecord> _decode;
    private readonly UsageQueries _usage;
    private readonly RecordQueries _records;
    private string? _ledgerId;

    private protected SqlLedger(
        ILedgerDatabase database, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILogger logger)
    {
        (Database, _decode, Time, Logger) = (database, decode, time, logger);
        _usage = new UsageQueries(decode);
        _records = new RecordQueries(decode);
    }

    /// <inheritdoc/>
    public ILedgerDatabase Database { get; }

    /// <inheritdoc/>
    public Func<CancellationToken, Task>? FlushHook { get; set; }

    /// <inheritdoc/>
    public string LedgerId => _ledgerId ?? throw NotMigrated();

    private protected TimeProvider Time { get; }

    private protected ILogger Logger { get; }

    /// <summary>How far the database is behind this program, without changing it.</summary>
    /// <exception cref="InvalidOperationException">The database was made by a later program, or by a script that was changed since.</exception>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached.</exception>
    public SchemaState ReadSchema() => Database.Read(connection => SchemaMigrator.ReadState(connection, SchemaMigrator.Embedded(Engine)));

    /// <summary>Brings the schema up to this program's.</summary>
    /// <exception cref="InvalidOperationException">The database was made by a later program, or by a script that was changed since.</exception>
    /// <returns>How many scripts were applied.</returns>
    public int Migrate()
    {
        var applied = MigrateSchema();
        if (applied > 0)
        {
            LedgerLog.Migrated(Logger, applied);
        }

        var fresh = Guid.CreateVersion7(Time.GetUtcNow()).ToString("N");
        _ledgerId = Database.Write(connection =>
        {
            connection.Execute("INSERT INTO settings (name, value) VALUES ('ledger_id', @id) ON CONFLICT DO NOTHING", ("@id", fresh));
            return (string)connection.Scalar("SELECT value FROM settings WHERE name = 'ledger_id'")!;
        });
        return applied;
    }

    /// <summary>Writes a batch without unreadable entries.</summary>
    /// <inheritdoc cref="ILedgerStore.Append"/>
    public InsertResult Append(
        string nodeId, IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records, JournalPosition position) =>
        Append(nodeId, records, [], position);

    /// <inheritdoc/>
    public abstract InsertResult Append(
        string nodeId,
        IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records,
        IReadOnlyList<UnreadableEntry> unreadable,
        JournalPosition position);

    /// <inheritdoc/>
    public abstract IReadOnlyList<EventOutcome> AppendEvents(IReadOnlyList<ReportedEvent> events);

    /// <inheritdoc/>
    public abstract int DropMonthsBefore(DateTimeOffset instant);

    /// <inheritdoc/>
    public JournalPosition ReadPosition(string nodeId)
    {
        var packed = Database.Read(connection =>
            connection.Scalar("SELECT position FROM journal_position WHERE node_id = @node", ("@node", nodeId)));
        return packed is long value ? JournalPosition.FromPacked(value) : JournalPosition.Start;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(BudgetWindowKey Key, NanoUsd Spent)> ReadBudgetSpend(DateTimeOffset notEndedBefore) =>
        Database.Read(connection => BudgetSpendRows.ReadLive(connection, notEndedBefore));

    /// <inheritdoc/>
    public IReadOnlyList<ChainHead> ReadChainHeads() => Database.Read(ReadChainHeads);

    /// <inheritdoc/>
    public string? ReadSetting(string name) =>
        Database.Read(connection => connection.Scalar("SELECT value FROM settings WHERE name = @name", ("@name", name)) as string);

    /// <inheritdoc/>
    public void WriteSetting(string name, string value) => Database.Write(connection => connection.Execute(
        "INSERT INTO settings (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        ("@name", name), ("@value", value)));

    /// <inheritdoc/>
    public Task<Page<UsageRow>> QueryUsageAsync(UsageQuery query, CancellationToken cancellationToken) =>
        Task.Run(() => Database.ReadConsistent(connection => _usage.Query(connection, query)), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<UsageRecord>> ReadRecordsAsync(RecordQuery query, CancellationToken cancellationToken) =>
        Database.ReadAsync(connection => _records.Read(connection, query), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UsageRecord>> FindAsync(RequestId requestId, CancellationToken cancellationToken) =>
        Database.ReadAsync(connection => _records.Find(connection, requestId), cancellationToken);

    /// <inheritdoc/>
    public Task<NanoUsd> ReadBudgetSpendAsync(BudgetWindowKey key, CancellationToken cancellationToken) =>
        Database.ReadAsync(connection => BudgetSpendRows.Read(connection, key), cancellationToken);

    /// <inheritdoc/>
    public Task<double?> ReadMeanOutputTokensAsync(string tenant, string model, CancellationToken cancellationToken)
    {
        var since = RollupBucket.Of(Time.GetUtcNow() - TimeSpan.FromDays(31));
        return Database.ReadAsync(connection => UsageQueries.MeanOutputTokens(connection, tenant, model, since), cancellationToken);
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => FlushHook?.Invoke(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Migrates a ledger that was just made, and keeps nothing open of one that cannot be.</summary>
    private protected static T Migrated<T>(T ledger)
        where T : SqlLedger
    {
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

    /// <returns>How many scripts were applied.</returns>
    private protected abstract int MigrateSchema();

    /// <summary>As the names of its scripts have it.</summary>
    private protected abstract string Engine { get; }

    private static List<ChainHead> ReadChainHeads(DbConnection connection)
    {
        using var command = connection.Command("SELECT tenant, incarnation, seq, hash FROM chain_heads ORDER BY tenant, incarnation");
        using var reader = command.ExecuteReader();
        var heads = new List<ChainHead>();
        while (reader.Read())
        {
            heads.Add(new ChainHead(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3)));
        }

        return heads;
    }

    private protected static InvalidOperationException NotMigrated() => new("Call Migrate before using the ledger.");

    /// <summary>The records of a time, for sums that no rollup has; slow.</summary>
    internal IEnumerable<UsageRecord> StreamRecords(
        DbConnection connection, string? tenant, DateTimeOffset from, DateTimeOffset to) =>
        RecordQueries.Stream(connection, _decode, tenant, from, to);
}
