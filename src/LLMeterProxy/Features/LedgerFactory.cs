using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Ledger.Sqlite;

namespace LLMeterProxy.Features;

/// <summary>Makes the ledger that the settings name, not yet migrated.</summary>
internal static class LedgerFactory
{
    public static string SqlitePath(HostSettings settings) => Path.Combine(settings.DataDirectory, "ledger.db");

    public static string JournalDirectory(HostSettings settings) => Path.Combine(settings.DataDirectory, "journal");

    public static SqlLedger Create(HostSettings settings, TimeProvider time, ILoggerFactory logs) => new SqliteLedger(
        new SqliteLedgerOptions { Path = SqlitePath(settings) }, Decode, time, logs.CreateLogger<SqliteLedger>());

    public static UsageRecord Decode(ReadOnlyMemory<byte> payload) => UsageRecordCodec.Decode(payload.Span);
}
