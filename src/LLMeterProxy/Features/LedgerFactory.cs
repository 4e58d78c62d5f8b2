using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Ledger.Sqlite;

namespace LLMeterProxy.Features;

/// <summary>Makes the ledger that the settings name, not yet migrated.</summary>
internal static class LedgerFactory
{
    public static string SqlitePath(HostSettings settings) => Path.Combine(settings.DataDirectory, "ledger.db");

    public static string JournalDirectory(HostSettings settings) => Path.Combine(settings.DataDirectory, "journal");

    public static SqlLedger Create(HostSettings settings, TimeProvider time, ILoggerFactory logs) =>
        settings.PostgresConnectionString is { } postgres
            ? new PostgresLedger(new PostgresLedgerOptions { ConnectionString = postgres }, Decode, time, logs.CreateLogger<PostgresLedger>())
            : new SqliteLedger(new SqliteLedgerOptions { Path = SqlitePath(settings) }, Decode, time, logs.CreateLogger<SqliteLedger>());

    /// <summary>The ledger, brought up to this program's schema: nodes that start at once wait for the one that does it.</summary>
    public static SqlLedger Open(HostSettings settings, TimeProvider time, ILoggerFactory logs)
    {
        var ledger = Create(settings, time, logs);
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

    public static UsageRecord Decode(ReadOnlyMemory<byte> payload) => UsageRecordCodec.Decode(payload.Span);
}
