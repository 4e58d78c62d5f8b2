using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>The ledger of one node in one SQLite file. Call <see cref="SqlLedger.Migrate"/> before anything else, or use <see cref="Open"/>.</summary>
public sealed class SqliteLedger : SqlLedger
{
    private readonly SqliteDatabase _database;
    private readonly Func<ReadOnlyMemory<byte>, UsageRecord> _decode;
    private BatchWriter? _batches;

    /// <summary>Opens the file and makes it if there is none.</summary>
    /// <param name="decode">Reads a journalled record's payload.</param>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public SqliteLedger(
        SqliteLedgerOptions options,
        Func<ReadOnlyMemory<byte>, UsageRecord> decode,
        TimeProvider time,
        ILogger<SqliteLedger> logger)
        : this(new SqliteDatabase(options), decode, time, logger)
    {
    }

    private SqliteLedger(SqliteDatabase database, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILogger<SqliteLedger> logger)
        : base(database, decode, time, logger) => (_database, _decode) = (database, decode);

    /// <summary>Opens the file and migrates it.</summary>
    /// <inheritdoc cref="SqlLedger.Migrate"/>
    public static SqliteLedger Open(
        SqliteLedgerOptions options, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILogger<SqliteLedger> logger) =>
        Migrated(new SqliteLedger(options, decode, time, logger));

    /// <inheritdoc/>
    public override InsertResult Append(
        string nodeId,
        IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records,
        IReadOnlyList<UnreadableEntry> unreadable,
        JournalPosition position) =>
        (_batches ?? throw NotMigrated()).Write(nodeId, records, unreadable, position);

    /// <inheritdoc/>
    public override IReadOnlyList<EventOutcome> AppendEvents(IReadOnlyList<ReportedEvent> events) =>
        (_batches ?? throw NotMigrated()).WriteEvents(events);

    /// <inheritdoc/>
    public override int DropMonthsBefore(DateTimeOffset instant)
    {
        RecordRetention.ThrowIfTooLate(instant, Time.GetUtcNow());
        var from = RecordRetention.MonthOf(instant);
        return _database.Write(connection =>
        {
            // Nobody else writes, and the trigger is back with the commit: this is the one way on which records go.
            var trigger = (string)connection.Scalar("SELECT sql FROM sqlite_master WHERE name = 'records_never_go'")!;
            RecordRetention.Write(connection, from);
            connection.Execute("DROP TRIGGER records_never_go");
            var dropped = connection.Execute("DELETE FROM records WHERE attempt_id < @from", ("@from", LedgerIds.LowestAt(from)));
            connection.Execute(trigger);
            return dropped;
        });
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _batches?.Dispose();
        _database.Dispose();
    }

    private protected override string Engine => "sqlite";

    private protected override int MigrateSchema()
    {
        var applied = _database.Write(connection => SchemaMigrator.Apply(connection, SchemaMigrator.Embedded(Engine), Time));
        _batches ??= new BatchWriter(_database, new SqliteTables(_database.Writer), _decode, Time, Logger);
        return applied;
    }
}
