using System.Net.Sockets;
using LLMeterProxy.Core.Ledger;
using Npgsql;

namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>Tells outages, collisions of nodes and mistakes apart.</summary>
internal static class PostgresFailure
{
    /// <summary>The server is away, restarting, full, or has become a standby: trying again later is right.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException server => server.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InvalidCatalogName
            or PostgresErrorCodes.ObjectNotInPrerequisiteState
            || server.SqlState.StartsWith("08", StringComparison.Ordinal)
            || server.SqlState.StartsWith("53", StringComparison.Ordinal)
            || server.SqlState.StartsWith("57", StringComparison.Ordinal)
            || server.SqlState.StartsWith("58", StringComparison.Ordinal),
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Nodes came into each other's way: the transaction was rolled back and may be run again at once.</summary>
    public static bool IsCollision(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable,
    };

    /// <summary>A record's month has no partition.</summary>
    public static bool IsMissingPartition(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.CheckViolation, MessageText: var text } && text.Contains("no partition", StringComparison.Ordinal);

    public static LedgerUnavailableException Unavailable(Exception exception) =>
        new("PostgreSQL cannot be used for now: " + exception.Message, exception);
}
