using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>The ledger of many nodes in one PostgreSQL database. Call <see cref="SqlLedger.Migrate"/> before anything else, or use <see cref="Open"/>.</summary>
public sealed class PostgresLedger : SqlLedger
{
    /// <summary>Keeps migrators out of each other's way.</summary>
    private const long MigrationLock = 0x6C6C_6D65_7465_7200;

    private readonly PostgresDatabase _database;
    private readonly Func<ReadOnlyMemory<byte>, UsageRecord> _decode;
    private readonly RecordPartitions _partitions;
    private readonly Lock _appending = new();
    private BatchWriter? _batches;

    /// <param name="decode">Reads a journalled record's payload.</param>
    /// <exception cref="ArgumentException">The connection string is none.</exception>
    public PostgresLedger(
        PostgresLedgerOptions options,
        Func<ReadOnlyMemory<byte>, UsageRecord> decode,
        TimeProvider time,
        ILogger<PostgresLedger> logger)
        : this(new PostgresDatabase(options), decode, time, logger)
    {
    }

    private PostgresLedger(PostgresDatabase database, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILogger<PostgresLedger> logger)
        : base(database, decode, time, logger) =>
        (_database, _decode, _partitions) = (database, decode, new RecordPartitions(database, time));

    /// <summary>Connects and migrates.</summary>
    /// <inheritdoc cref="SqlLedger.Migrate"/>
    public static PostgresLedger Open(
        PostgresLedgerOptions options, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILogger<PostgresLedger> logger) =>
        Migrated(new PostgresLedger(options, decode, time, logger));

    /// <inheritdoc/>
    public override InsertResult Append(
        string nodeId,
        IReadOnlyList<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> records,
        IReadOnlyList<UnreadableEntry> unreadable,
        JournalPosition position) =>
        InPartitions(records.Select(r => r.Record.AttemptId.OccurredAt), batches => batches.Write(nodeId, records, unreadable, position));

    /// <inheritdoc/>
    public override IReadOnlyList<EventOutcome> AppendEvents(IReadOnlyList<ReportedEvent> events) =>
        InPartitions(events.Select(e => e.Record.AttemptId.OccurredAt), batches => batches.WriteEvents(events));

    /// <inheritdoc/>
    public override int DropMonthsBefore(DateTimeOffset instant)
    {
        RecordRetention.ThrowIfTooLate(instant, Time.GetUtcNow());
        lock (_appending)
        {
            return _partitions.DropBefore(RecordRetention.MonthOf(instant));
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _batches?.Dispose();
        _database.Dispose();
    }

    private protected override string Engine => "postgres";

    private T InPartitions<T>(IEnumerable<DateTimeOffset> instants, Func<BatchWriter, T> write)
    {
        var batches = _batches ?? throw NotMigrated();
        lock (_appending)
        {
            _partitions.EnsureFor(instants);
            try
            {
                return write(batches);
            }
            catch (PostgresException exception) when (PostgresFailure.IsMissingPartition(exception))
            {
                // Another node has dropped a month that this batch has a late record of.
                _partitions.Forget();
                _partitions.EnsureFor(instants);
                return write(batches);
            }
        }
    }

    private protected override int MigrateSchema()
    {
        var applied = _database.Write(connection =>
        {
            connection.Execute("SELECT pg_advisory_xact_lock(@key)", ("@key", MigrationLock));
            return SchemaMigrator.Apply(connection, SchemaMigrator.Embedded(Engine), Time);
        });
        _partitions.EnsureAhead();
        _batches ??= new BatchWriter(_database, new PostgresTables(), _decode, Time, Logger);
        return applied;
    }
}
