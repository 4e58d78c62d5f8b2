using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>Who changed what: one row a change, in its transaction, chained by hash (T100).</summary>
internal static class AuditTrail
{
    /// <param name="connection">In a transaction that holds <see cref="TenancyRows.Lock"/>: each row follows the last one.</param>
    public static void Append(
        DbConnection connection, DateTimeOffset at, string actor, string action, string subject, string? before, string? after)
    {
        var (id, previous) = ReadLast(connection);
        var milliseconds = at.ToUnixTimeMilliseconds();
        connection.Execute(
            """
            INSERT INTO audit (id, at, actor, action, subject, before, after, hash)
            VALUES (@id, @at, @actor, @action, @subject, @before, @after, @hash)
            """,
            ("@id", id + 1),
            ("@at", milliseconds),
            ("@actor", actor),
            ("@action", action),
            ("@subject", subject),
            ("@before", before),
            ("@after", after),
            ("@hash", Hash(previous, milliseconds, actor, action, subject, before, after)));
    }

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<AuditEntry> Read(DbConnection connection, long? beforeId, int limit)
    {
        using var command = connection.Command(
            "SELECT id, at, actor, action, subject, before, after FROM audit WHERE id < @before ORDER BY id DESC LIMIT @limit",
            ("@before", beforeId ?? long.MaxValue), ("@limit", (long)limit));
        using var reader = command.ExecuteReader();
        var entries = new List<AuditEntry>();
        while (reader.Read())
        {
            entries.Add(new AuditEntry(
                reader.GetInt64(0),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetString(6)));
        }

        return entries;
    }

    private static (long Id, string Hash) ReadLast(DbConnection connection)
    {
        using var command = connection.Command("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1");
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : (0, "");
    }

    // A JSON array, so that no text can be moved from one field to the next under the same hash.
    private static string Hash(string previous, long at, params string?[] fields) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes<object?[]>([previous, at, .. fields])));
}
