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

    public static SqlLedger Create(HostSettings settings, TimeProvider time, ILoggerFactory logs) =>
        settings.PostgresConnectionString is { } postgres
            ? new PostgresLedger(new PostgresLedgerOptions { ConnectionString = postgres }, Decode, time, logs.CreateLogger<PostgresLedger>())
            : new SqliteLedger(new SqliteLedgerOptions { Path = SqlitePath(settings) }, Decode, time, logs.CreateLogger<SqliteLedger>());

    /// <summary>For a node to work on: an empty database is made ready, an older schema only where no other node can be working on it.</summary>
    /// <exception cref="InvalidDataException">The schema is of another version, which the message says how to change.</exception>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached.</exception>
    public static SqlLedger Open(HostSettings settings, TimeProvider time, ILoggerFactory logs)
    {
        var ledger = Create(settings, time, logs);
        try
        {
            if (settings.PostgresConnectionString is not null && ledger.ReadSchema() is { IsEmpty: false, Missing: > 0 and var missing })
            {
                // Other nodes write to it, and a change of a large table takes the time that it takes: not by surprise, and not by
                // whichever node is first.
                throw new InvalidDataException(
                    $"The ledger's schema lacks {missing} migration{(missing == 1 ? "" : "s")} of this version. Run 'llmeter migrate' once with this node's settings, then start the nodes.");
            }

            ledger.Migrate();
            return ledger;
        }
        catch (InvalidOperationException e)
        {
            ledger.Dispose();
            throw new InvalidDataException(e.Message, e);
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    public static UsageRecord Decode(ReadOnlyMemory<byte> payload) => UsageRecordCodec.Decode(payload.Span);
}
